import Foundation
import Testing

@testable import Portarium

/// `portarium serve` where it cannot.
struct ServeCommandTests {
    @Test func aPortThatIsTakenIsOneSentenceAndEverythingIsShutDown() async throws {
        try await FakeRouter.with { _, _ in
            .json("{}")
        } _: { router in
            try await TemporaryFile.with("") { file in
                let address = String(router.base.dropFirst("http://".count))
                let terminal = CapturedTerminal()
                let directory = URL(fileURLWithPath: file.path).deletingLastPathComponent().appending(path: "data")
                let arguments = ["serve", "--listen", address, "--data-dir", directory.path, "--log-level", "critical"]
                #expect(await terminal.run(arguments) == .failed)
                #expect(terminal.errors.hasPrefix("portarium: cannot listen on \(address) ("))
                #expect(terminal.errors.contains("--listen"))
                #expect(terminal.errors.split(separator: "\n").count == 1)
                // The log was closed: the next one gets the directory, and fails at the port again.
                #expect(await terminal.run(arguments) == .failed)
            }
        }
    }

    @Test func brokersThatAreNoneAreRefused() async {
        let terminal = CapturedTerminal()
        #expect(await terminal.run(["serve", "--kafka", "b"]) == .usage)
        #expect(terminal.errors.contains("kafka.brokers: 'b' must be written host:port"))
    }

    @Test func brokersThatCannotBeReachedAreOneSentence() async {
        let terminal = CapturedTerminal()
        // Port 1 of the loopback: nobody listens there.
        let environment = ["PORTARIUM_KAFKA_REQUEST_TIMEOUT_MILLISECONDS": "300"]
        let arguments = ["serve", "--kafka", "127.0.0.1:1", "--listen", "127.0.0.1:0", "--log-level", "critical"]
        #expect(await terminal.run(arguments, environment: environment) == .failed)
        #expect(terminal.errors.hasPrefix("portarium: the brokers do not tell "))
        #expect(terminal.errors.contains("look whether the brokers run"))
        #expect(terminal.errors.split(separator: "\n").count == 1)
    }
}
