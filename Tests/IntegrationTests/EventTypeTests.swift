import Crypto
import Foundation
import KafkaTestKit
import ProcessKit
import Testing

extension IntegrationTests {
    /// Types of events and their schemas through the real binary.
    struct EventTypeTests {
        private static let order = #"{"type":"object","required":["total"],"properties":{"total":{"type":"number"}}}"#
        private static let schemas = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("schemas/events")

        /// Runs a command against the router and gives how it ended and what it says.
        private static func run(
            _ port: Int, _ arguments: [String], _ directory: URL
        ) async throws -> (status: Int32, output: String) {
            let child = try ChildProcess(
                executable: try ChildProcess.product(named: "portarium"),
                arguments: ["event-types"] + arguments + ["--server", "http://127.0.0.1:\(port)"],
                outputFile: directory.appendingPathComponent("\(UUID().uuidString).txt"))
            return (try await child.end(within: .seconds(60)), child.output())
        }

        private static func publish(
            _ router: PortariumProcess, _ data: String, type: String = "order.Created", id: String = UUID().uuidString
        ) async throws -> RouterClient.Answer {
            try await router.client.send(
                "POST", "/v1/events", headers: ["content-type": "application/cloudevents+json"],
                body: Array(
                    #"{"specversion":"1.0","id":"\#(id)","source":"/s","type":"\#(type)","data":\#(data)}"#.utf8))
        }

        @Test(.timeLimit(.minutes(3)))
        func aTypeIsRegisteredAndItsEventsAreJudgedAlsoAfterACrash() async throws {
            try await withTemporaryDirectory { directory in
                let data = directory.appendingPathComponent("data")
                let file = directory.appendingPathComponent("order.json")
                try Data(Self.order.utf8).write(to: file)
                try await PortariumProcess.with(dataDirectory: data) { router in
                    #expect(try await Self.publish(router, "1").status == 202)
                    let registered = try await Self.run(
                        router.port, ["register", "--type", "order.Created", "--schema", file.path], directory)
                    #expect(registered.status == 0, "\(registered.output)")
                    #expect(try await Self.publish(router, "2").status == 202)
                    let metrics = try await router.client.send("GET", "/metrics").text
                    #expect(metrics.contains(#"portarium_event_type_violations_total{mode="warn"} 1"#))
                    #expect(metrics.contains("portarium_event_types_judged 1"))
                    let enforced = try await Self.run(
                        router.port, ["update", "order.Created", "--mode", "enforce"], directory)
                    #expect(enforced.status == 0, "\(enforced.output)")
                    try await Self.checkRefusals(router)
                    try Data(#"{"type":"object","required":["total","note"]}"#.utf8).write(to: file)
                    let refused = try await Self.run(
                        router.port, ["register", "--type", "order.Created", "--schema", file.path], directory)
                    #expect(refused.status == 1)
                    #expect(refused.output.contains("/schema/required"))
                    await router.kill()
                }
                try await PortariumProcess.with(dataDirectory: data) { router in
                    try await Self.checkRefusals(router)
                    #expect(try await Self.run(router.port, ["delete", "order.Created"], directory).status == 0)
                    #expect(try await Self.publish(router, "3").status == 202)
                }
            }
        }

        private static func checkRefusals(_ router: PortariumProcess) async throws {
            let refused = try await Self.publish(router, #"{"total":"much"}"#, id: "refused")
            #expect(refused.status == 422, "\(refused.text)")
            #expect(refused.json["errors"]?[0]?["pointer"]?.string == "/data/total")
            let large = try await Self.publish(
                router, #"{"total":"\#(String(repeating: "x", count: 300_000))"}"#, id: "refused")
            #expect(large.status == 422)
            #expect(try await Self.publish(router, #"{"total":1.5}"#).status == 202)
            #expect(try await router.client.send("GET", "/v1/events?source=/s&id=refused").status == 404)
        }

        @Test(.timeLimit(.minutes(3)))
        func theSchemasOfTheRepositoryAreImported() async throws {
            try await withTemporaryDirectory { directory in
                try await PortariumProcess.with(dataDirectory: directory.appendingPathComponent("data")) { router in
                    for word in ["registered", "unchanged"] {
                        let (status, output) = try await Self.run(
                            router.port, ["import", Self.schemas.path, "--mode", "enforce"], directory)
                        #expect(status == 0, "\(output)")
                        #expect(output.contains("\(word) com.portarium.run.RunStarted.v1, version 1"))
                    }
                    let run = #"{"runId":"r","workflowId":"w","workspaceId":"s"}"#
                    for type in ["com.portarium.run.RunStarted.v1", "com.portarium.run.RunStarted"] {
                        #expect(try await Self.publish(router, run, type: type).status == 202)
                        #expect(try await Self.publish(router, "{}", type: type).status == 422)
                    }
                    #expect(try await Self.publish(router, "{}", type: "com.portarium.run.RunStarted.v2").status == 202)
                }
            }
        }

        /// No schema of a tenant keeps out what the router tells of its callers.
        @Test(.timeLimit(.minutes(3)))
        func whatTheRouterTellsIsNotJudged() async throws {
            try await SecuredRouter.with { router in
                let a = try await router.makeKey(tenant: "a", scopes: ["publish", "subscribe", "read"])
                let type = "com.portarium.audit.EventTypeUpdated.v1"
                let made = try await router.send(
                    "POST", "/v1/event-types", key: a.text,
                    json: #"{"type":"\#(type)","schema":false,"mode":"enforce"}"#)
                #expect(made.status == 201, "\(made.text)")
                let changed = try await router.send(
                    "PUT", "/v1/event-types/\(type)", key: a.text, json: #"{"compatibility":"none"}"#)
                #expect(changed.status == 200)
                try await eventually("the event", within: .seconds(30)) {
                    try await router.send("GET", "/v1/events?type=\(type)", key: a.text).text.contains("api_key")
                }
                let reader = try await router.makeKey(tenant: "a", scopes: ["publish"])
                #expect(try await router.send("GET", "/v1/event-types/\(type)", key: reader.text).status == 200)
                let forbidden = try await router.send("DELETE", "/v1/event-types/\(type)", key: reader.text)
                #expect(forbidden.status == 403)
                #expect(forbidden.text.contains("publish and subscribe"))
            }
        }

        @Test(.timeLimit(.minutes(3)))
        func webhooksAreJudgedToo() async throws {
            try await withTemporaryDirectory { directory in
                try await PortariumProcess.with(dataDirectory: directory.appendingPathComponent("data")) { router in
                    _ = try await router.client.call(
                        "POST", "/v1/webhook-endpoints", #"{"id":"hub","provider":"github","secrets":["s"]}"#,
                        expecting: 201)
                    _ = try await router.client.call(
                        "POST", "/v1/event-types",
                        """
                        {"type":"com.github.push","mode":"enforce","schema":{"properties":{"ref":{"pattern":"^refs/"}}}}
                        """, expecting: 201)
                    for (ref, status, delivery) in [("main", 422, "1"), ("refs/heads/main", 202, "1")] {
                        let body = #"{"ref":"\#(ref)"}"#
                        let code = HMAC<SHA256>.authenticationCode(
                            for: Data(body.utf8), using: SymmetricKey(data: Array("s".utf8)))
                        let answer = try await router.client.send(
                            "POST", "/v1/webhooks/hub",
                            headers: [
                                "content-type": "application/json", "x-github-event": "push",
                                "x-github-delivery": delivery,
                                "x-hub-signature-256": "sha256=" + code.map { String(format: "%02x", $0) }.joined(),
                            ], body: Array(body.utf8))
                        #expect(answer.status == status, "\(answer.text)")
                        if status == 422 { #expect(answer.json["errors"]?[0]?["pointer"]?.string == "/ref") }
                    }
                }
            }
        }

        @Test(
            .enabled(if: ServiceFiles.areInstalled, "scripts/test-services.sh was not run"), .timeLimit(.minutes(3)))
        func twoReplicasOnKafkaJudgeTheSame() async throws {
            try await NoidaBroker.with { broker in
                try await withTemporaryDirectory { directory in
                    let arguments = ["--kafka", broker.bootstrap]
                    try await PortariumProcess.with(
                        dataDirectory: directory.appendingPathComponent("one"), arguments: arguments
                    ) { one in
                        try await PortariumProcess.with(
                            dataDirectory: directory.appendingPathComponent("two"), arguments: arguments
                        ) { two in
                            _ = try await one.client.call(
                                "POST", "/v1/event-types",
                                #"{"type":"order.Created","mode":"enforce","schema":\#(Self.order)}"#, expecting: 201)
                            #expect(try await two.client.send("GET", "/v1/event-types/order.Created").status == 200)
                            try await eventually("the schema on the other replica") {
                                try await Self.publish(two, "{}").status == 422
                            }
                            let registrations = await withTaskGroup(of: Int.self) { group in
                                for (index, router) in [one, two, one, two].enumerated() {
                                    group.addTask {
                                        let body = #"{"schema":{"title":"\#(index)"}}"#
                                        let answer = try? await router.client.send(
                                            "POST", "/v1/event-types/order.Created/versions",
                                            headers: ["content-type": "application/json"], body: Array(body.utf8))
                                        return answer?.status ?? 0
                                    }
                                }
                                return await group.reduce(into: []) { $0.append($1) }
                            }
                            #expect(registrations.allSatisfy { $0 == 201 || $0 == 409 }, "\(registrations)")
                            let versions = 1 + registrations.count { $0 == 201 }
                            for router in [one, two] {
                                let list = try await router.client.send("GET", "/v1/event-types/order.Created/versions")
                                #expect(list.json["items"]?.elements.count == versions, "\(list.text)")
                            }
                        }
                    }
                }
            }
        }
    }
}
