import Foundation
import ProcessKit
import Testing

extension IntegrationTests {
    /// What one tenant does costs another nothing.
    struct FairSharesTests {
        static func router<R>(
            _ settings: String = "", _ body: (PortariumProcess) async throws -> R
        ) async throws -> R {
            try await withTemporaryDirectory { directory in
                let file = directory.appendingPathComponent("portarium.yaml")
                try Data((settings.isEmpty ? "{}" : settings).utf8).write(to: file)
                return try await PortariumProcess.with(
                    dataDirectory: directory.appendingPathComponent("data"), arguments: ["--config", file.path], body)
            }
        }

        static func send(
            _ method: String, _ path: String, tenant: String, _ router: PortariumProcess
        ) async throws -> RouterClient.Answer {
            try await self.send(method, path, tenant: tenant, nil, router)
        }

        static func send(
            _ method: String, _ path: String, tenant: String, _ json: String?, type: String = "application/json",
            _ router: PortariumProcess
        ) async throws -> RouterClient.Answer {
            var headers = ["x-tenant-id": tenant]
            if json != nil { headers["content-type"] = type }
            return try await router.client.send(method, path, headers: headers, body: json.map { Array($0.utf8) })
        }

        static func publish(
            _ ids: some Sequence<Int>, tenant: String, _ router: PortariumProcess
        ) async throws -> RouterClient.Answer {
            let events = ids.map { id in
                #"{"specversion":"1.0","id":"\#(id)","source":"/\#(tenant)","type":"t","partitionkey":"k\#(id)"}"#
            }
            return try await self.send(
                "POST", "/v1/events", tenant: tenant, "[\(events.joined(separator: ","))]",
                type: "application/cloudevents-batch+json", router)
        }

        static func accept(_ ids: some Sequence<Int>, tenant: String, _ router: PortariumProcess) async throws {
            let answer = try await self.publish(ids, tenant: tenant, router)
            guard answer.status == 202 else { throw RouterClient.Refused(call: "publish", answer: answer) }
        }

        static func subscribe(
            _ id: String, tenant: String, sink: String, config: String = "{}", _ router: PortariumProcess
        ) async throws -> RouterClient.Answer {
            try await self.send(
                "POST", "/v1/subscriptions", tenant: tenant,
                #"{"id":"\#(id)","sink":"\#(sink)","protocol":"HTTP","config":\#(config)}"#, router)
        }

        static func usage(_ tenant: String, _ router: PortariumProcess) async throws -> JSONValue {
            try await router.client.call("GET", "/v1/tenants/\(tenant)/usage", expecting: 200)
        }

        /// Before the answers that are told, limits are set by the command line, as people do.
        @Test(.timeLimit(.minutes(2)))
        func ratesAreKeptOnEveryWayInAndChangeAtRunTime() async throws {
            try await Self.router { router in
                #expect(try await Self.publish(0..<500, tenant: "a", router).status == 202)
                try await Self.set("a", ["--events-per-second", "1", "--events-burst", "10"], router)
                let taken = try await Self.publish(0..<9, tenant: "a", router)
                #expect(taken.status == 202)
                #expect(taken.headers["ratelimit-policy"] == #""events";q=10;qu="events";w=10"#)
                #expect(taken.headers["ratelimit"]?.hasPrefix(#""events";r="#) == true)
                let refused = try await Self.publish(0..<9, tenant: "a", router)
                #expect(refused.status == 429)
                #expect(refused.json["type"]?.string == "urn:portarium:problem:limit-exceeded")
                #expect(refused.json["limit"]?.string == "eventsPerSecond")
                let wait = try #require(refused.headers["retry-after"].flatMap { Int($0) })
                #expect((1...9).contains(wait))
                #expect(try await Self.publish(0..<500, tenant: "b", router).status == 202)
                let endpoint = #"{"id":"hub","provider":"bearer","secrets":["s3cret"]}"#
                #expect(
                    try await Self.send("POST", "/v1/webhook-endpoints", tenant: "a", endpoint, router).status == 201)
                try await Self.checkWebhooks(router)
                let usage = try await Self.usage("a", router)
                #expect(usage["eventsPerSecond"]?["limit"]?.int == 1)
                #expect((usage["throttled"]?["requests"]?.int ?? 0) >= 2)
                #expect((usage["accepted"]?["events"]?.int ?? 0) >= 509)
                #expect(usage["endpoints"]?["current"]?.int == 1)
                let metrics = try await router.client.send("GET", "/metrics").text
                #expect(metrics.contains(#"portarium_ingress_refused_total{reason="throttled"}"#))
                try await router.client.call("DELETE", "/v1/tenants/a/limits", expecting: 204)
                #expect(try await Self.publish(0..<500, tenant: "a", router).status == 202)
            }
        }

        private static func set(_ tenant: String, _ flags: [String], _ router: PortariumProcess) async throws {
            let command = try ChildProcess(
                executable: ChildProcess.product(named: "portarium"),
                arguments: ["tenants", "limits", "set", tenant, "--server", "http://127.0.0.1:\(router.port)"] + flags,
                outputFile: FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString))
            #expect(try await command.end(within: .seconds(30)) == 0, "\(command.output())")
        }

        /// One that is not believed is told nothing of rates; one that is counts.
        private static func checkWebhooks(_ router: PortariumProcess) async throws {
            var statuses: Set<Int> = []
            for number in 0..<12 where !statuses.contains(429) {
                let answer = try await router.client.send(
                    "POST", "/v1/webhooks/hub",
                    headers: ["authorization": "Bearer s3cret", "content-type": "application/json"],
                    body: Array(#"{"n":\#(number)}"#.utf8))
                statuses.insert(answer.status)
                if answer.status == 429 { #expect(answer.json["limit"]?.string == "eventsPerSecond") }
                let stranger = try await router.client.send(
                    "POST", "/v1/webhooks/hub", headers: ["authorization": "Bearer wrong"], body: Array("{}".utf8))
                #expect(stranger.status == 401)
            }
            #expect(statuses.contains(429) && statuses.isSubset(of: [202, 429]))
        }

        @Test(.timeLimit(.minutes(2)))
        func oneMoreThanTheCapIsRefusedAndLimitsSurviveARestart() async throws {
            try await withTemporaryDirectory { directory in
                let data = directory.appendingPathComponent("data")
                try await PortariumProcess.with(dataDirectory: data) { router in
                    let limits = #"{"subscriptions":1,"endpoints":1}"#
                    try await router.client.call("PUT", "/v1/tenants/a/limits", limits, expecting: 200)
                }
                try await PortariumProcess.with(dataDirectory: data) { router in
                    let sink = "http://127.0.0.1:9/"
                    #expect(try await Self.subscribe("one", tenant: "a", sink: sink, router).status == 201)
                    let second = try await Self.subscribe("two", tenant: "a", sink: sink, router)
                    #expect(second.status == 429)
                    #expect(second.json["limit"]?.string == "subscriptions")
                    #expect(second.json["limitValue"]?.int == 1)
                    #expect(try await Self.subscribe("two", tenant: "b", sink: sink, router).status == 201)
                    for (id, status) in [("one", 201), ("two", 429)] {
                        let answer = try await Self.send(
                            "POST", "/v1/webhook-endpoints", tenant: "a",
                            #"{"id":"\#(id)","provider":"bearer","secrets":["s"]}"#, router)
                        #expect(answer.status == status)
                    }
                    let deleted = try await Self.send("DELETE", "/v1/subscriptions/one", tenant: "a", router)
                    #expect(deleted.status == 204)
                    #expect(try await Self.subscribe("two", tenant: "a", sink: sink, router).status == 201)
                    #expect(try await Self.usage("a", router)["subscriptions"]?["current"]?.int == 1)
                }
            }
        }
    }
}
