import Foundation
import HTTPEventSink
import KafkaTestKit
import NIOCore
import NIOSSL
import ProcessKit
import Testing
import WebhookSignatures

extension IntegrationTests {
    /// What deliveries prove, through the binary.
    struct OutboundTrustTests {
        private func subscribe(
            to url: String, settings: String = "{}", config: String = "{}", _ client: RouterClient
        ) async throws -> JSONValue {
            try await client.call(
                "POST", "/v1/subscriptions",
                """
                {"id":"hook","types":["com.example.a.v1"],"sink":"\(url)","protocol":"HTTP",
                 "protocolsettings":\(settings),"config":\(config)}
                """, expecting: 201)
        }

        private func publish(_ id: String, _ client: RouterClient) async throws {
            let answer = try await client.publish(
                ["id": id, "source": "/test", "type": "com.example.a.v1"], data: #"{"n":1}"#)
            #expect(answer.status == 202)
        }

        private func isBelieved(_ delivery: RecordingSink.Delivery, _ secret: String) throws -> Bool {
            let provider = try #require(WebhookProvider.named("standard-webhooks"))
            let request = WebhookRequest(
                headers: delivery.headers.map { ($0.key, $0.value) }, body: ByteBuffer(string: delivery.body))
            let verifier = try WebhookVerifier(provider, secrets: [secret])
            do throws(WebhookRejection) {
                try verifier.verify(request, nowMilliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
                return true
            } catch { return false }
        }

        private func secrets(_ client: RouterClient) async throws -> [String] {
            let answer = try await client.call("GET", "/v1/subscriptions/hook/secret", nil, expecting: 200)
            return answer["secrets"]?.elements.compactMap { $0["secret"]?.string } ?? []
        }

        @Test(.timeLimit(.minutes(5)))
        func deliveriesAreSignedAcrossRotationAndRestartAndNoFileTellsTheSecret() async throws {
            try await withTemporaryDirectory { directory in
                let data = directory.appendingPathComponent("data")
                try await RecordingSink.with { sink in
                    var known: [String] = []
                    try await PortariumProcess.with(dataDirectory: data) { router in
                        let client = router.client
                        _ = try await self.subscribe(
                            to: sink.url, settings: #"{"authorization":{"value":"Bearer hidden-in-files"}}"#,
                            config: #"{"signing":{}}"#, client)
                        known = try await self.secrets(client)
                        #expect(known.count == 1)
                        try await self.publish("1", client)
                        try await eventually("the first event") { sink.count == 1 }
                        #expect(try self.isBelieved(sink.deliveries[0], known[0]))
                        #expect(sink.deliveries[0].headers["authorization"] == "Bearer hidden-in-files")

                        _ = try await client.call(
                            "POST", "/v1/subscriptions/hook/secret/rotate", "{}", expecting: 200)
                        known = try await self.secrets(client)
                        #expect(known.count == 2)
                        #expect(try await router.terminate() == 0)
                        #expect(!router.output().contains("whsec_"))
                    }
                    try await PortariumProcess.with(dataDirectory: data) { router in
                        try await self.publish("2", router.client)
                        try await eventually("the second event") { sink.count == 2 }
                        for secret in known { #expect(try self.isBelieved(sink.deliveries[1], secret)) }
                        #expect(sink.deliveries[0].headers["webhook-id"] != sink.deliveries[1].headers["webhook-id"])
                        #expect(try await router.terminate() == 0)
                    }
                    let hidden = known.map { String($0.dropFirst(6)) } + ["hidden-in-files"]
                    let files = try FileManager.default.contentsOfDirectory(at: data, includingPropertiesForKeys: nil)
                    for bytes in files.compactMap({ try? Data(contentsOf: $0) }) {
                        for text in hidden { #expect(bytes.range(of: Data(text.utf8)) == nil) }
                    }
                }
            }
        }

        @Test(.timeLimit(.minutes(5)))
        func aSinkIsAskedBeforeItGetsEvents() async throws {
            try await withTemporaryDirectory { directory in
                let settings = directory.appendingPathComponent("router.yaml")
                try Data("sink:\n  requestOrigin: router.example\n  handshakeIntervalSeconds: 1\n".utf8).write(
                    to: settings)
                try await RecordingSink.with { sink in
                    sink.answer { delivery in
                        RecordingSink.Answer(status: delivery.method == "OPTIONS" ? 404 : 204)
                    }
                    let data = directory.appendingPathComponent("data")
                    try await PortariumProcess.with(dataDirectory: data, arguments: ["--config", settings.path]) {
                        router in
                        let client = router.client
                        let made = try await self.subscribe(to: sink.url, settings: #"{"handshake":true}"#, client)
                        #expect(made["status"]?.string == "suspended")
                        try await self.publish("1", client)
                        try await eventually("the refusal") {
                            try await client.send("GET", "/v1/subscriptions/hook").text
                                .contains("the sink answered the validation request with 404")
                        }
                        #expect(sink.deliveries.allSatisfy { $0.method == "OPTIONS" })
                        sink.answer { delivery in
                            guard delivery.method == "OPTIONS" else { return RecordingSink.Answer() }
                            return RecordingSink.Answer(
                                status: 200,
                                headers: [
                                    "WebHook-Allowed-Origin": delivery.headers["webhook-request-origin"] ?? "",
                                    "WebHook-Allowed-Rate": "600",
                                ])
                        }
                        try await eventually("the event") { sink.deliveries.contains { $0.method == "POST" } }
                        let delivery = try #require(sink.deliveries.first { $0.method == "POST" })
                        #expect(delivery.headers["webhook-request-origin"] == "router.example")
                    }
                }
            }
        }

        @Test(.enabled(if: CertificateFiles.absence == nil, "openssl"), .timeLimit(.minutes(5)))
        func aSinkThatDemandsACertificateIsShownTheRouters() async throws {
            try await withTemporaryDirectory { directory in
                let authority = try await CertificateFiles(in: directory)
                let (server, client) = (try await authority.issue("server"), try await authority.issue("client"))
                var tls = TLSConfiguration.makeServerConfiguration(
                    certificateChain: try NIOSSLCertificate.fromPEMFile(server.certificate).map { .certificate($0) },
                    privateKey: .privateKey(try NIOSSLPrivateKey(file: server.key, format: .pem)))
                tls.certificateVerification = .noHostnameVerification
                tls.trustRoots = .file(authority.authority)
                let context = try NIOSSLContext(configuration: tls)
                try await RecordingSink.with(tls: context) { sink in
                    let url = "https://localhost:\(sink.port)/"
                    let strangers = "sink:\n  authorityFile: \(authority.authority)\n"
                    let own =
                        strangers + "  clientCertificateFile: \(client.certificate)\n  clientKeyFile: \(client.key)\n"
                    let file = directory.appendingPathComponent("router.yaml")
                    let data = directory.appendingPathComponent("data")
                    let retry = #"{"retry":{"maxAttempts":1000,"minDelayMs":50,"maxDelayMs":200}}"#
                    try Data(strangers.utf8).write(to: file)
                    try await PortariumProcess.with(dataDirectory: data, arguments: ["--config", file.path]) { router in
                        _ = try await self.subscribe(to: url, config: retry, router.client)
                        try await self.publish("1", router.client)
                        try await eventually("the refusal") {
                            let text = try await router.client.send("GET", "/v1/subscriptions/hook").text
                            return !text.contains(#""lastError":null"#)
                        }
                        #expect(sink.count == 0)
                        #expect(try await router.terminate() == 0)
                    }
                    try Data(own.utf8).write(to: file)
                    try await PortariumProcess.with(dataDirectory: data, arguments: ["--config", file.path]) { _ in
                        try await eventually("the event") { sink.count == 1 }
                    }
                    #expect(throws: SinkCertificateError.self) {
                        try SinkCertificates(
                            certificateFile: client.certificate, keyFile: server.key, authorityFile: nil)
                    }
                }
            }
        }
    }
}
