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

    @Test func brokersAreRefusedInOneSentence() async {
        let terminal = CapturedTerminal()
        #expect(await terminal.run(["serve", "--kafka", "b:9092"]) == .usage)
        #expect(terminal.errors.contains("this build has the embedded log only"))
    }
}
