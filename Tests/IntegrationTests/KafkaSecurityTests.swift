import BrokerTraits
import Foundation
import KafkaTestKit
import ProcessKit
import Testing

extension IntegrationTests {
    /// The router at brokers that want an encrypted connection, a certificate and a password.
    @Suite(
        .needs(.noida), .enabled(if: CertificateFiles.absence == nil, "it needs openssl for its certificates"),
        .timeLimit(.minutes(2)))
    struct KafkaSecurityTests {
        private static let password = "pssst-3f9c"

        @Test(arguments: [SASLMechanism.plain, .scramSHA256, .scramSHA512])
        func eventsGoThroughWhereTheBrokersWantTLSACertificateAndAPassword(_ mechanism: SASLMechanism) async throws {
            try await self.withSecuredBroker(mechanism, password: Self.password) { directory, arguments in
                try await RecordingSink.with { sink in
                    try await PortariumProcess.with(
                        dataDirectory: directory.appendingPathComponent("data"), arguments: arguments
                    ) { router in
                        try await router.client.call(
                            "POST", "/v1/subscriptions",
                            #"{"id":"all","types":["com.example.a"],"sink":"\#(sink.url)","protocol":"HTTP"}"#,
                            expecting: 201)
                        for number in 0..<5 {
                            let answer = try await router.client.publish(
                                ["id": "\(number)", "source": "/s", "type": "com.example.a"])
                            #expect(answer.status == 202)
                        }
                        try await eventually("every event is delivered") {
                            Set(sink.deliveries.map(\.id)) == Set((0..<5).map { "\($0)" })
                        }
                        #expect(!(try await router.client.send("GET", "/metrics").text.contains(Self.password)))
                        #expect(try await router.terminate() == 0)
                        #expect(!router.output().contains(Self.password))
                    }
                }
            }
        }

        @Test(arguments: [SASLMechanism.plain, .scramSHA512])
        func aWrongPasswordEndsTheStartWithASentenceThatDoesNotShowIt(_ mechanism: SASLMechanism) async throws {
            try await self.withSecuredBroker(mechanism, password: "another") { directory, arguments in
                let (status, output) = try await Self.serve(in: directory, arguments)
                #expect(status == 1)
                let sentence = try #require(output.split(separator: "\n").last)
                #expect(sentence.hasPrefix("portarium: "))
                #expect(sentence.contains("SASL authentication error"))
                #expect(sentence.contains("look at the mechanism, the user and the password"))
                #expect(!output.contains(Self.password))
            }
        }

        /// Starts a router that is expected to end by itself.
        private static func serve(in directory: URL, _ arguments: [String]) async throws -> (Int32, String) {
            let data = directory.appendingPathComponent("data")
            let child = try ChildProcess(
                executable: try ChildProcess.product(named: "portarium"),
                arguments: ["serve", "--listen", "127.0.0.1:\(try await freePort())", "--data-dir", data.path]
                    + arguments,
                outputFile: directory.appendingPathComponent("output.txt"), leash: Leash())
            do {
                return (try await child.end(within: .seconds(60)), child.output())
            } catch {
                await child.kill()
                throw error
            }
        }

        /// The directory of the test and the arguments of a router that signs in with ``password``.
        private func withSecuredBroker(
            _ mechanism: SASLMechanism, password: String, _ body: (URL, _ arguments: [String]) async throws -> Void
        ) async throws {
            try await withTemporaryDirectory { directory in
                let authority = try await CertificateFiles(in: directory)
                let (broker, client) = (try await authority.issue("broker"), try await authority.issue("client"))
                let listener = ListenerSecurity(
                    tls: .init(
                        certificateFile: broker.certificate, keyFile: broker.key,
                        clientAuthorityFile: authority.authority),
                    sasl: .init([mechanism], users: ["portarium": password]))
                try Data(Self.password.utf8).write(to: directory.appendingPathComponent("password"))
                let file = directory.appendingPathComponent("portarium.yaml")
                try await NoidaBroker.with { noida in
                    try await TCPProxy.with(upstreamPort: noida.port, portMap: nil, security: listener) { proxy in
                        let configuration = """
                            kafka:
                              brokers: ["127.0.0.1:\(proxy.port)"]
                              sessionTimeoutMilliseconds: 6000
                              tls: true
                              tlsAuthorityFile: \(authority.authority)
                              tlsCertificateFile: \(client.certificate)
                              tlsKeyFile: \(client.key)
                              saslMechanism: \(mechanism)
                              saslUser: portarium
                              saslPasswordFile: \(directory.appendingPathComponent("password").path)
                            """
                        try Data(configuration.utf8).write(to: file)
                        try await body(directory, ["--config", file.path])
                    }
                }
            }
        }
    }
}
