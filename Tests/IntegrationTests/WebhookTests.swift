import Crypto
import Foundation
import KafkaTestKit
import ProcessKit
import Testing

extension IntegrationTests {
    /// Webhooks through the real binary, from the command line to the sink.
    struct WebhookTests {
        private static let secret = "a secret that nobody may see"

        private static let body =
            #"{"action":"opened","number":7,"pull_request":{"updated_at":"2026-01-01T00:00:00Z"},"#
            + #""repository":{"url":"https://api.github.com/repos/o/r","full_name":"o/r"}}"#

        private static func headers(_ delivery: String) -> [String: String] {
            let key = SymmetricKey(data: Array(Self.secret.utf8))
            let code = HMAC<SHA256>.authenticationCode(for: Data(Self.body.utf8), using: key)
            return [
                "content-type": "application/json", "x-github-event": "pull_request", "x-github-delivery": delivery,
                "x-hub-signature-256": "sha256=" + code.map { String(format: "%02x", $0) }.joined(),
            ]
        }

        /// Runs a command against the router and gives how it ended and what it says.
        private static func end(
            _ router: PortariumProcess, _ arguments: [String], _ directory: URL
        ) async throws -> (status: Int32, output: String) {
            let child = try ChildProcess(
                executable: try ChildProcess.product(named: "portarium"),
                arguments: arguments + ["--server", "http://127.0.0.1:\(router.port)"],
                outputFile: directory.appendingPathComponent("\(UUID().uuidString).txt"))
            return (try await child.end(within: .seconds(60)), child.output())
        }

        /// The same for one that must succeed.
        private static func run(
            _ router: PortariumProcess, _ arguments: [String], _ directory: URL
        ) async throws -> String {
            let (status, output) = try await Self.end(router, arguments, directory)
            try #require(status == 0, "\(output)")
            return output
        }

        @Test(.timeLimit(.minutes(3)))
        func aWebhookOfGitHubReachesASubscription() async throws {
            try await withTemporaryDirectory { directory in
                let data = directory.appendingPathComponent("data")
                let secretFile = directory.appendingPathComponent("hub.secret")
                try Data("\(Self.secret)\n".utf8).write(to: secretFile)
                try await RecordingSink.with { sink in
                    try await PortariumProcess.with(dataDirectory: data) { router in
                        let shown = try await Self.run(
                            router,
                            [
                                "webhook-endpoints", "create", "--id", "hub", "--provider", "github", "--secret-file",
                                secretFile.path,
                            ], directory)
                        #expect(shown.contains("/v1/webhooks/hub"))
                        _ = try await router.client.call(
                            "POST", "/v1/subscriptions",
                            """
                            {"id":"pulls","types":["com.github.pull_request.opened"],"sink":"\(sink.url)",
                             "protocol":"HTTP"}
                            """, expecting: 201)
                        try await Self.deliver(router, sink)
                        let listed = try await Self.run(router, ["webhook-endpoints", "list"], directory)
                        #expect(listed.contains("hub") && listed.contains("github"))
                        await router.kill()
                    }
                    try await PortariumProcess.with(dataDirectory: data) { router in
                        try await Self.checkAfterACrash(router, directory)
                        try await Self.checkThatNothingIsSeen(router, data, directory)
                    }
                }
            }
        }

        @Test(
            .enabled(if: ServiceFiles.areInstalled, "scripts/test-services.sh was not run"), .timeLimit(.minutes(3)))
        func twoReplicasOnKafkaKnowTheSameDeliveries() async throws {
            try await NoidaBroker.with { broker in
                try await withTemporaryDirectory { directory in
                    let secretFile = directory.appendingPathComponent("hub.secret")
                    try Data(Self.secret.utf8).write(to: secretFile)
                    let create = [
                        "webhook-endpoints", "create", "--id", "hub", "--provider", "github", "--secret-file",
                        secretFile.path,
                    ]
                    let kafka = ["--kafka", broker.bootstrap]
                    try await PortariumProcess.with(
                        dataDirectory: directory.appendingPathComponent("keyless"), arguments: kafka
                    ) { router in
                        let (status, output) = try await Self.end(router, create, directory)
                        #expect(status == 1)
                        #expect(output.contains("secrets.encryptionKey"))
                    }
                    let configuration = directory.appendingPathComponent("router.yaml")
                    let key = Data((0..<32).map { _ in UInt8.random(in: 0...255) }).base64EncodedString()
                    try Data("secrets: {encryptionKey: '\(key)'}\n".utf8).write(to: configuration)
                    let arguments = kafka + ["--config", configuration.path]
                    try await PortariumProcess.with(
                        dataDirectory: directory.appendingPathComponent("one"), arguments: arguments
                    ) { one in
                        try await PortariumProcess.with(
                            dataDirectory: directory.appendingPathComponent("two"), arguments: arguments
                        ) { two in
                            _ = try await Self.run(one, create, directory)
                            try await Self.checkReplicas(one, two)
                        }
                    }
                }
            }
        }

        private static func checkReplicas(_ one: PortariumProcess, _ two: PortariumProcess) async throws {
            try await eventually("the endpoint on the other replica") {
                try await two.client.send("OPTIONS", "/v1/webhooks/hub", headers: ["webhook-request-origin": "o"])
                    .status == 200
            }
            let accepted = try await two.client.send(
                "POST", "/v1/webhooks/hub", headers: Self.headers("d-1"), body: Array(Self.body.utf8))
            #expect(accepted.json["accepted"]?.int == 1, "\(accepted.text)")
            try await eventually("the delivery on the other replica") {
                try await one.client.send("GET", "/metrics").text.contains("portarium_webhook_deliveries_remembered 1")
            }
            for router in [one, two] {
                let again = try await router.client.send(
                    "POST", "/v1/webhooks/hub", headers: Self.headers("d-1"), body: Array(Self.body.utf8))
                #expect(again.text == #"{"accepted":0,"duplicate":true}"#)
            }
        }

        private static func deliver(_ router: PortariumProcess, _ sink: RecordingSink) async throws {
            let answer = try await router.client.send(
                "POST", "/v1/webhooks/hub", headers: Self.headers("d-1"), body: Array(Self.body.utf8))
            #expect(answer.status == 202, "\(answer.text)")
            #expect(answer.json["accepted"]?.int == 1)
            #expect(answer.json["events"]?[0]?["topic"]?.string == "portarium.webhooks")
            try await eventually("the delivery") { sink.count >= 1 }
            let delivery = try #require(sink.deliveries.first)
            #expect(delivery.id == "d-1")
            #expect(delivery.attribute("type") == "com.github.pull_request.opened")
            #expect(delivery.attribute("source") == "https://api.github.com/repos/o/r")
            #expect(delivery.attribute("subject") == "7")
            #expect(delivery.attribute("time") == "2026-01-01T00:00:00Z")
            #expect(delivery.attribute("partitionkey") == "o/r")
            #expect(delivery.body == Self.body)
            var wrong = Self.headers("d-2")
            wrong["x-hub-signature-256"] = "sha256=" + String(repeating: "0", count: 64)
            let refused = try await router.client.send(
                "POST", "/v1/webhooks/hub", headers: wrong, body: Array(Self.body.utf8))
            #expect(refused.status == 401)
        }

        private static func checkAfterACrash(_ router: PortariumProcess, _ directory: URL) async throws {
            let again = try await router.client.send(
                "POST", "/v1/webhooks/hub", headers: Self.headers("d-1"), body: Array(Self.body.utf8))
            #expect(again.status == 202)
            #expect(again.text == #"{"accepted":0,"duplicate":true}"#)
            _ = try await Self.run(
                router, ["webhook-endpoints", "update", "hub", "--allow", "192.0.2.0/24"], directory)
            let kept = try await router.client.send(
                "POST", "/v1/webhooks/hub", headers: Self.headers("d-3"), body: Array(Self.body.utf8))
            #expect(kept.status == 403)
            _ = try await Self.run(router, ["webhook-endpoints", "update", "hub", "--allow", "127.0.0.0/8"], directory)
            let taken = try await router.client.send(
                "POST", "/v1/webhooks/hub", headers: Self.headers("d-3"), body: Array(Self.body.utf8))
            #expect(taken.json["accepted"]?.int == 1)
            let metrics = try await router.client.send("GET", "/metrics").text
            #expect(metrics.contains(#"portarium_webhooks_total{outcome="duplicate",provider="github"} 1"#))
            #expect(metrics.contains(#"portarium_webhooks_total{outcome="address",provider="github"} 1"#))
            _ = try await Self.run(router, ["webhook-endpoints", "delete", "hub"], directory)
            let gone = try await router.client.send(
                "POST", "/v1/webhooks/hub", headers: Self.headers("d-4"), body: Array(Self.body.utf8))
            #expect(gone.status == 404)
        }

        private static func checkThatNothingIsSeen(
            _ router: PortariumProcess, _ data: URL, _ directory: URL
        ) async throws {
            let key = data.appendingPathComponent("secrets.key").path
            let mode = try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? NSNumber
            #expect(mode?.intValue == 0o600)
            let files = try FileManager.default.subpathsOfDirectory(atPath: directory.path)
            #expect(files.count > 5)
            for file in files where !file.hasSuffix("hub.secret") {
                guard let bytes = try? Data(contentsOf: directory.appendingPathComponent(file)) else { continue }
                #expect(bytes.range(of: Data(Self.secret.utf8)) == nil, "\(file)")
            }
        }
    }
}
