import Foundation
import KafkaTestKit
import NIOCore
import NIOSSL
import ProcessKit
import Testing

extension IntegrationTests {
    /// Names that mean an allowed address when they are looked at and another when the router connects. 127.0.0.1 is
    /// allowed here, 127.0.0.2 is not; something listens on both, at the same port.
    @Suite(.enabled("needs root and mount namespaces") { await ScriptedResolver.isPossible })
    struct RebindingTests {
        private static let settings = [
            "PORTARIUM_SINK_ALLOWED_NETWORKS": "127.0.0.1",
            "PORTARIUM_DISPATCH_CIRCUIT_FAILURE_THRESHOLD": "1000",
            // Nobody is there: what used them would not arrive.
            "http_proxy": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9",
            "https_proxy": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9",
            "all_proxy": "socks5://127.0.0.1:9", "ALL_PROXY": "socks5://127.0.0.1:9",
        ]
        private static let refusal = "the sink's address is not allowed: it is a loopback address"

        @Test(.timeLimit(.minutes(5)))
        func anEventGoesToNoAddressThatANameMeansLater() async throws {
            try await self.withResolver { resolver in
                try await RecordingSink.with { allowed in
                    try await ByteListener.with(host: "127.0.0.2", port: allowed.port) { forbidden in
                        allowed.answer { _ in RecordingSink.Answer(headers: ["connection": "close"]) }
                        resolver.answer { _, _ in ["127.0.0.1"] }
                        try await resolver.withRouter(environment: Self.settings) { client, router in
                            try await self.subscribe("http://hook.test:\(allowed.port)/", client)
                            try await self.publish("1", client)
                            try await eventually("the first event") { allowed.count == 1 }

                            resolver.answer { _, _ in ["127.0.0.2"] }
                            try await self.publish("2", client)
                            try await self.seeRefusal(of: "127.0.0.2", event: "2", client, router)
                            // The name held for good: it was the connection that was looked at.
                            #expect(forbidden.connections > 0)
                            #expect(forbidden.bytes.isEmpty)

                            // Nothing is lost by a wrong answer.
                            resolver.answer { _, _ in ["127.0.0.1"] }
                            try await eventually("the second event") { allowed.count == 2 }
                            #expect(allowed.deliveries.map(\.id) == ["1", "2"])
                            try await eventually("closed connections") { forbidden.openConnections == 0 }
                            #expect(forbidden.bytes.isEmpty)
                        }
                    }
                }
            }
        }

        @Test(.timeLimit(.minutes(5)))
        func aNameThatAlsoMeansAForbiddenAddressGetsNoConnection() async throws {
            try await self.withResolver { resolver in
                try await RecordingSink.with { allowed in
                    try await ByteListener.with(host: "127.0.0.2", port: allowed.port) { forbidden in
                        resolver.answer { _, _ in ["127.0.0.1", "127.0.0.2"] }
                        try await resolver.withRouter(environment: Self.settings) { client, router in
                            try await self.subscribe("http://hook.test:\(allowed.port)/", client)
                            try await self.publish("1", client)
                            try await self.seeRefusal(of: "127.0.0.2", event: "1", client, router)
                            #expect(forbidden.connections == 0)
                            #expect(allowed.count == 0)
                        }
                    }
                }
            }
        }

        /// The certificate is good: it is the address that is not.
        @Test(
            .enabled(if: CertificateFiles.absence == nil, "openssl"), .timeLimit(.minutes(5)),
            arguments: ["http/1.1", "h2"])
        func noRequestGoesOverTLSToAnAddressThatANameMeansLater(protocol name: String) async throws {
            try await self.withResolver { resolver in
                try await withTemporaryDirectory { directory in
                    let authority = try await CertificateFiles(in: directory)
                    let pair = try await authority.issue("hook", for: "DNS:hook.test")
                    var configuration = TLSConfiguration.makeServerConfiguration(
                        certificateChain: try NIOSSLCertificate.fromPEMFile(pair.certificate).map { .certificate($0) },
                        privateKey: .privateKey(try NIOSSLPrivateKey(file: pair.key, format: .pem)))
                    configuration.applicationProtocols = [name]
                    let context = try NIOSSLContext(configuration: configuration)
                    try await ByteListener.with(
                        // An empty SETTINGS frame: a client of HTTP/2 would begin then.
                        host: "127.0.0.2", greeting: [0, 0, 0, 4, 0, 0, 0, 0, 0],
                        prepare: { channel in
                            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                        },
                        { forbidden in
                            // The router asks once to look, and once more to connect.
                            resolver.answer { _, asked in [asked == 0 ? "127.0.0.1" : "127.0.0.2"] }
                            try await resolver.withRouter(
                                environment: Self.settings, authority: authority.authority
                            ) { client, router in
                                try await self.subscribe("https://hook.test:\(forbidden.port)/", client)
                                try await self.publish("1", client)
                                try await self.seeRefusal(of: "127.0.0.2", event: "1", client, router)
                                #expect(forbidden.connections > 0)
                                try await eventually("closed connections") { forbidden.openConnections == 0 }
                                #expect(name == "h2" ? !Self.hasRequest(forbidden.bytes) : forbidden.bytes.isEmpty)
                                // Also while refused connections come and go.
                                #expect(try await router.terminate() == 0)
                            }
                        })
                }
            }
        }

        /// Whether there is a HEADERS frame (RFC 9113, section 6.2), or no HTTP/2 at all.
        private static func hasRequest(_ bytes: [UInt8]) -> Bool {
            let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
            var rest = bytes[...]
            guard rest.isEmpty || rest.starts(with: preface) else { return true }
            while !rest.isEmpty {
                if rest.starts(with: preface) {
                    rest = rest.dropFirst(preface.count)
                    continue
                }
                let head = Array(rest.prefix(9))
                guard head.count == 9, head[3] != 1 else { return true }
                rest = rest.dropFirst(9 + Int(head[0]) << 16 + Int(head[1]) << 8 + Int(head[2]))
            }
            return false
        }

        private func withResolver(_ body: (ScriptedResolver) async throws -> Void) async throws {
            try await withTemporaryDirectory { directory in
                try await ScriptedResolver.with(in: directory, body)
            }
        }

        private func subscribe(_ url: String, _ client: RouterClient) async throws {
            try await client.call(
                "POST", "/v1/subscriptions",
                """
                {"id":"hook","types":["com.example.a.v1"],"sink":"\(url)","protocol":"HTTP",
                 "config":{"retry":{"maxAttempts":1000,"minDelayMs":50,"maxDelayMs":200}}}
                """, expecting: 201)
        }

        private func publish(_ id: String, _ client: RouterClient) async throws {
            let answer = try await client.publish(["id": id, "source": "/test", "type": "com.example.a.v1"])
            #expect(answer.status == 202)
        }

        /// Tenants are told that the address is not allowed; the operator is told which it is.
        private func seeRefusal(
            of address: String, event id: String, _ client: RouterClient, _ router: ChildProcess
        ) async throws {
            let subscription = try await eventually("a refusal") { () -> String? in
                let answer = try await client.send("GET", "/v1/subscriptions/hook")
                return answer.text.contains(Self.refusal) ? answer.text : nil
            }
            #expect(!subscription.contains(address))
            let trace = try await client.send("GET", "/v1/events/\(id)/trace?source=/test")
            #expect(trace.text.contains(Self.refusal))
            #expect(!trace.text.contains(address))
            let metrics = try await client.send("GET", "/metrics").text
            let series = #"portarium_sink_addresses_refused_total{class="loopback"} "#
            let line = try #require(metrics.split(separator: "\n").first { $0.hasPrefix(series) })
            #expect(Double(line.dropFirst(series.count)) ?? 0 > 0)
            #expect(router.output().contains(#""address":"\#(address)""#))
        }
    }
}
