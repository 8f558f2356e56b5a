import Foundation
import ProcessKit

/// The ways in and out of the router, and the faults on each.
extension LeakWorld {
    /// Callers that are not believed, wherever they put what they have.
    func beRefused() async throws {
        let bad = self.marker("badKey")
        let credentials = [
            "Bearer \(bad)", "Bearer ptm_0123456789_\(bad)", "Bearer eyJhbGciOiJFUzI1NiJ9.e30.\(bad)", "Basic \(bad)",
            "Basic " + Data("user:\(bad)".utf8).base64EncodedString(), "Bearer \(bad) \(bad)", bad, "",
        ]
        let query = "?access_token=\(self.marker("query"))&api_key=\(self.marker("query"))"
        for credential in credentials {
            for path in ["/v1/events", "/v1/subscriptions", "/v1/keys", "/v1/nowhere", "/v1/replays"] {
                for method in ["GET", "POST", "PATCH"] {
                    let headers = ["authorization": credential, "cookie": "session=\(self.marker("cookie"))"]
                    try await self.call(method, path + query, headers, method == "GET" ? nil : "{}")
                }
            }
        }
        let connection = try await RawConnection.open(port: self.router.port)
        await connection.send("GET /\(query) HTTP/9.9\r\nauthorization: Bearer \(bad)\r\n: \(bad)\r\n\r\n")
        _ = try await connection.answer()
        self.add("problems", connection.text)
        await connection.close()
    }

    /// Events that are taken, and events that are not.
    func publish() async throws {
        let event = ["ce-specversion": "1.0", "ce-source": "/s", "ce-type": "t", "content-type": "application/json"]
        let query = "/v1/events?token=\(self.marker("query"))"
        for (index, caller) in [self.asAdmin, self.asTokenHolder].enumerated() {
            var headers = event.merging(caller) { $1 }
            headers["cookie"] = self.marker("cookie")
            headers["ce-id"] = "\(index)"
            try await self.call("POST", query, headers, "{}")
            headers["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333\(index + 1)-01"
            headers["ce-id"] = "traced-\(index)"
            try await self.call("POST", query, headers, "{}")
            try await self.call("POST", query, headers, "{")
            try await self.call("POST", query, headers.merging(["ce-tenantid": "other"]) { $1 }, "{}")
            try await self.call("POST", query, headers.merging(["ce-Bad-Name": "x"]) { $1 }, "{}")
            try await self.call("POST", query, headers.merging(["content-encoding": "gzip"]) { $1 }, "{}")
            headers["ce-id"] = "large-\(index)"
            try await self.call("POST", query, headers, "\"" + String(repeating: "x", count: 200_000) + "\"")
        }
        var tampered = event
        tampered["authorization"] = (self.asTokenHolder["authorization"] ?? "") + "AAAA"
        tampered["ce-id"] = "tampered"
        try await self.call("POST", query, tampered, "{}")
    }

    /// Sinks with secrets in their URLs and headers, that fail in all ways.
    func deliver() async throws {
        let (password, path, query) = (self.marker("password"), self.marker("path"), self.marker("query"))
        func sink(_ host: String) -> String { "http://\(host)/\(path)?token=\(query)" }
        func subscription(_ id: String, _ sink: String, _ header: String = "authorization") -> String {
            """
            {"id":"\(id)","sink":"\(sink)","protocol":"HTTP","types":["t"],
             "protocolsettings":{"headers":{"\(header)":"Bearer \(self.marker("subscriptionHeader"))"}}}
            """
        }
        for (id, host) in [
            ("fails", "127.0.0.1:\(self.sink.port)"), ("nobody", "127.0.0.1:1"), ("name", "localhost:1"),
        ] {
            let answer = try await self.call(
                "POST", "/v1/subscriptions", self.asAdmin, subscription(id, sink(host)))
            guard answer.status == 201 else { throw RouterClient.Refused(call: id, answer: answer) }
        }
        for wrong in [
            sink("user:\(password)@127.0.0.1:1"), sink("\(password)@10.0.0.1"), sink("u:\(password)@host:99999"),
            sink(""),
            sink("10.0.0.1"), "ftp://user:\(password)@host/\(path)",
            "user:\(password)@host", sink("ho st"), "http://[\(password)]/", "kafka:\(password)/\(query)",
        ] {
            try await self.call("POST", "/v1/subscriptions", self.asAdmin, subscription("wrong", wrong))
        }
        try await self.call(
            "POST", "/v1/subscriptions", self.asAdmin,
            subscription("wrong", sink("127.0.0.1:1"), "bad header \(self.marker("subscriptionHeader"))"))
        try await self.call(
            "POST", "/v1/subscriptions", self.asAdmin,
            subscription("wrong", sink("127.0.0.1:1")).replacing("Bearer ", with: "Bearer\\n"))
        self.sink.answer { delivery in
            switch delivery.attribute("subject") {
            case "gone": RecordingSink.Answer(status: 410)
            case "refused": RecordingSink.Answer(status: 400)
            case "redirected": RecordingSink.Answer(status: 302, headers: ["location": delivery.body])
            default: RecordingSink.Answer(status: 503)
            }
        }
        for subject in ["refused", "redirected", "later", "gone"] {
            let event = [
                "ce-specversion": "1.0", "ce-id": subject, "ce-source": "/s", "ce-type": "t", "ce-subject": subject,
            ]
            try await self.call("POST", "/v1/events", event.merging(self.asAdmin) { $1 }, "{}")
        }
        try await eventually("attempts") { self.sink.count >= 3 }
    }

    /// Webhooks that are signed well, badly and not at all, of providers that carry their secrets in all ways.
    func takeWebhooks() async throws {
        let secrets = [
            "github": self.marker("github"), "stripe": self.marker("stripe"), "bearer": self.marker("hook"),
            "basic": "user:\(self.marker("basic"))", "gitlab": self.marker("hook"), "twilio": self.marker("hook"),
            "standard-webhooks": "whsec_" + Data(self.marker("hook").utf8).base64EncodedString(),
        ]
        for (provider, secret) in secrets {
            try await self.call(
                "POST", "/v1/webhook-endpoints", self.asAdmin,
                #"{"id":"\#(provider)","provider":"\#(provider)","secrets":["\#(secret)"]}"#)
            let path = "/v1/webhooks/\(provider)?secret=\(self.marker("query"))"
            let bad = self.marker("signature")
            let basic = "Basic " + Data(secret.utf8).base64EncodedString()
            for headers in [
                ["x-hub-signature-256": "sha256=\(self.code(of: Self.body))"], ["x-hub-signature-256": "sha256=\(bad)"],
                ["stripe-signature": "t=1,v1=\(bad)"], ["authorization": "Bearer \(secret)"], ["authorization": basic],
                ["authorization": "Bearer \(bad)"], ["x-gitlab-token": secret], ["x-gitlab-token": bad], [:],
                ["x-twilio-signature": bad],
                ["webhook-id": "1", "webhook-timestamp": "1", "webhook-signature": "v1,\(bad)"],
            ] {
                let named = [
                    "x-github-event": "issues", "x-github-delivery": UUID().uuidString, "x-gitlab-event": "Push Hook",
                ]
                try await self.call("POST", path, headers.merging(named) { $1 }, Self.body)
            }
        }
        for wrong in ["whsec_\(self.marker("hook"))!", "whpk_\(self.marker("hook"))", "whsk_\(self.marker("hook"))"] {
            for provider in ["standard-webhooks", "gitlab", "basic"] {
                try await self.call(
                    "POST", "/v1/webhook-endpoints", self.asAdmin,
                    #"{"id":"wrong","provider":"\#(provider)","secrets":["\#(wrong)"],"more":"\#(wrong)"}"#)
                try await self.call(
                    "POST", "/v1/webhook-endpoints", self.asAdmin,
                    #"{"id":"wrong","provider":"\#(provider)","secrets":"\#(wrong)"}"#)
            }
        }
    }

    /// Those who ask what became of it all.
    func ask() async throws {
        try await eventually("dead letters") {
            let letters = try await self.call("GET", "/v1/dead-letters", self.asAdmin)
            self.add("answers", letters.text)
            return letters.text.contains("refused")
        }
        for path in [
            "/v1/events/traced-0/trace?source=/s", "/v1/events?subject=later", "/v1/events?source=/s",
            "/v1/events?type=com.portarium.audit.WebhookEndpointCreated.v1", "/v1/webhook-endpoints",
            "/v1/webhook-endpoints/github", "/v1/keys", "/healthz", "/readyz",
        ] {
            self.add("answers", try await self.call("GET", path, self.asAdmin).text)
        }
        try await eventually("spans of a delivery that failed") {
            CollectedSpan.all(in: self.collector).contains { $0.kind == 3 && $0.isFailed }
        }
        // A collector that says back what it was sent.
        self.collector.answer { delivery in
            RecordingSink.Answer(status: 400, headers: ["x-echo": delivery.headers["authorization"] ?? ""])
        }
        try await self.publish()
        try await eventually("spans that are lost") {
            try await self.call("GET", "/metrics").text.contains(#"portarium_spans_dropped_total{reason="refused"}"#)
        }
    }

    /// Starts that fail, for settings that hold secrets where they do not belong.
    func startWrongly() async throws {
        let secret = self.marker("sasl")
        let files = [
            "auth: {mode: required, bootstrapKey: [\(secret)]}",
            "auth: {mode: required, bootstrapKey: \"\(secret) x\"}",
            "auth: {bootstrapKey: \(secret)}", "secrets: {encryptionKey: \(secret)}",
            "tracing: {headers: \(secret)}", "tracing: {headers: \"a b=\(secret)\"}",
            "tracing: {endpoint: \"http://user:\(secret)@h/\"}", "tracing: {headers: {a: \(secret)}}",
            "kafka: {saslPassword: \(secret)}", "kafka: {saslPassword: {a: \(secret)}}",
            "kafka: {properties: [\"ssl.key.password=\(secret)\", \"sasl.password=\(secret)\"]}",
            "objectStore: {secretAccessKey: [\(secret)]}", "auth: {bootstrapKeyy: \(secret)}",
            "auth: {bootstrapKey: \"\(secret)", "auth:\n  bootstrapKey: \(secret)\n bad: x",
        ]
        for (index, text) in files.enumerated() {
            let file = self.directory.appendingPathComponent("wrong-\(index).yaml")
            try Data(text.utf8).write(to: file)
            try await self.run(["check", file.path], within: .seconds(20))
            try await self.run(
                ["serve", "--config", file.path, "--listen", "127.0.0.1:0", "--data-dir", self.directory.path + "/w"],
                within: .seconds(2))
        }
        let environment = [
            "OTEL_EXPORTER_OTLP_HEADERS": secret, "PORTARIUM_SECRETS_ENCRYPTION_KEY": secret,
            "PORTARIUM_AUTH_BOOTSTRAP_KEY": secret, "PORTARIUM_KAFKA_SASL_PASSWORD": secret,
        ]
        try await self.run(["serve", "--listen", "127.0.0.1:0"], environment, within: .seconds(20))
        try await self.run(
            ["subscriptions", "list", "--server", "http://127.0.0.1:1"], ["PORTARIUM_KEY": secret], within: .seconds(20)
        )
        let kafka = self.directory.appendingPathComponent("kafka.yaml")
        try Data(
            """
            kafka: {brokers: ["127.0.0.1:1"], saslMechanism: PLAIN, saslUser: someone, saslPassword: \(secret)}
            observability: {logLevel: trace}
            """.utf8
        ).write(to: kafka)
        try await self.run(
            ["serve", "--config", kafka.path, "--listen", "127.0.0.1:0", "--data-dir", self.directory.path + "/k"],
            within: .seconds(4))
    }
}
