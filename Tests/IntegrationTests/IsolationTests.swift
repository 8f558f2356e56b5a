import Foundation
import ProcessKit
import Testing

extension IntegrationTests {
    /// Two tenants at one router: neither learns of the other that it is there.
    struct IsolationTests {
        /// What the first tenant has, by the kind of thing.
        private struct Things {
            var subscription = "orders-of-a"
            var event = "event-of-a"
            let endpoint = "hub-of-a"
            let eventType = "type-of-a"
            var replay = ""
            var deadLetter = ""
            var key = ""

            /// The identifier that belongs into a path.
            func identifier(in path: String) -> String {
                switch path.split(separator: "/").dropFirst().first {
                case "events": self.event
                case "subscriptions": self.subscription
                case "replays": self.replay
                case "dead-letters": self.deadLetter
                case "webhook-endpoints": self.endpoint
                case "tenants": IsolationTests.tenant
                case "event-types": self.eventType
                default: self.key
                }
            }

            var all: [String] {
                [
                    self.subscription, self.event, self.replay, self.deadLetter, self.key, self.endpoint,
                    self.eventType,
                ]
            }
        }

        private static let tenant = "first-tenant"
        private static let everything = ["publish", "subscribe", "read", "replay", "admin"]

        @Test(.timeLimit(.minutes(3)))
        func nothingOfAnotherTenantIsSeenOrTouched() async throws {
            try await SecuredRouter.with { router in
                let a = try await router.makeKey(tenant: Self.tenant, scopes: Self.everything)
                let b = try await router.makeKey(tenant: "b", scopes: Self.everything)
                let things = try await Self.things(of: a, at: router)
                let operations = try await Self.operations(of: router).filter {
                    $0.path.contains("{id}") || $0.path.contains("{type}")
                }
                #expect(operations.count >= 23)
                for (method, template) in operations {
                    let foreign = try await Self.call(method, template, things.identifier(in: template), b, router)
                    let unknown = try await Self.call(method, template, Self.unknown(template), b, router)
                    #expect(foreign.status == (method == "OPTIONS" ? 200 : 404), "\(method) \(template)")
                    #expect(foreign.text == unknown.text, "\(method) \(template)")
                }
                try await Self.checkLists(b, things, router)
                try await Self.checkBodies(b, things, router)
                try await Self.checkStream(b, things, router)
                for (method, template) in operations where method == "GET" {
                    let own = try await Self.call(method, template, things.identifier(in: template), a, router)
                    #expect(own.status == 200, "\(method) \(template)")
                }
                #expect(try await router.send("GET", "/v1/subscriptions", key: a.text).status == 200)
            }
        }

        /// Reading calls, foreign and unknown identifiers in turn: what the machine does meanwhile befalls both. An
        /// answer that came out of another table, or out of a file, would be late by more than the bound.
        @Test(.timeLimit(.minutes(3)))
        func theTimeOfAnAnswerDoesNotTellWhatOthersHave() async throws {
            try await SecuredRouter.with { router in
                let a = try await router.makeKey(tenant: "a", scopes: Self.everything)
                let b = try await router.makeKey(tenant: "b", scopes: Self.everything)
                let things = try await Self.things(of: a, at: router)
                let operations = try await Self.operations(of: router).filter {
                    $0.method == "GET" && $0.path.contains("{id}")
                }
                for (method, template) in operations {
                    var times: (foreign: [Duration], unknown: [Duration]) = ([], [])
                    for _ in 0..<150 {
                        times.foreign.append(
                            try await ContinuousClock().measure {
                                _ = try await Self.call(method, template, things.identifier(in: template), b, router)
                            })
                        times.unknown.append(
                            try await ContinuousClock().measure {
                                _ = try await Self.call(method, template, Self.unknown(template), b, router)
                            })
                    }
                    let (foreign, unknown) = (times.foreign.sorted()[75], times.unknown.sorted()[75])
                    let bound = Duration.microseconds(300) + min(foreign, unknown) / 2
                    let difference = max(foreign, unknown) - min(foreign, unknown)
                    #expect(difference < bound, "\(template): \(foreign) and \(unknown)")
                }
            }
        }

        /// A subscription, an event, its dead letter, a webhook endpoint, a replay and a key.
        private static func things(of a: SecuredRouter.Key, at router: SecuredRouter) async throws -> Things {
            var things = Things()
            things.key = a.id
            let subscription = """
                {"id":"\(things.subscription)","sink":"http://127.0.0.1:9/in","protocol":"HTTP",\
                "config":{"retry":{"maxAttempts":1},"signing":{}}}
                """
            let made = try await router.send("POST", "/v1/subscriptions", key: a.text, json: subscription)
            #expect(made.status == 201)
            #expect(try await router.publish(things.event, key: a.text).status == 202)
            let endpoint = try await router.send(
                "POST", "/v1/webhook-endpoints", key: a.text,
                json: #"{"id":"\#(things.endpoint)","provider":"github","secrets":["secret-of-a"]}"#)
            #expect(endpoint.status == 201)
            let eventType = try await router.send(
                "POST", "/v1/event-types", key: a.text, json: #"{"type":"\#(things.eventType)","schema":{}}"#)
            #expect(eventType.status == 201)
            let replay = try await router.send(
                "POST", "/v1/replays", key: a.text, json: #"{"sink":"http://127.0.0.1:9/replay"}"#)
            things.replay = try #require(replay.json["id"]?.string)
            things.deadLetter = try await eventually("a dead letter", within: .seconds(30)) {
                let list = try await router.send("GET", "/v1/dead-letters?subscription=orders-of-a", key: a.text)
                return list.json["items"]?[0]?["id"]?.string
            }
            return things
        }

        /// Methods and paths of the document that the router serves.
        private static func operations(of router: SecuredRouter) async throws -> [(method: String, path: String)] {
            var operations: [(method: String, path: String)] = []
            var path: String?
            for line in try await router.send("GET", "/v1/openapi.yaml", key: nil).text.split(separator: "\n") {
                if line.hasPrefix("components:") { break }
                if line.hasPrefix("  /"), line.hasSuffix(":") { path = String(line.dropFirst(2).dropLast()) }
                let word = line.dropFirst(4).dropLast()
                if let path, line.hasPrefix("    "), ["get", "put", "post", "delete", "options"].contains(word) {
                    operations.append((word.uppercased(), path))
                }
            }
            return operations
        }

        private static func call(
            _ method: String, _ template: String, _ id: String, _ key: SecuredRouter.Key, _ router: SecuredRouter
        ) async throws -> RouterClient.Answer {
            var document = #"{"sink":"http://127.0.0.1:9/mine","protocol":"HTTP"}"#
            if template.contains("webhook-endpoints") { document = #"{"provider":"github","secrets":["mine"]}"# }
            if template.contains("event-types") { document = #"{"schema":{}}"# }
            if template.hasSuffix("/rotate") { document = "{}" }
            let hasBody =
                method == "PUT"
                || method == "POST" && (template.hasSuffix("/rotate") || template.hasSuffix("/versions"))
            let body = hasBody ? document : nil
            let path = template.replacingOccurrences(of: "{id}", with: id)
                .replacingOccurrences(of: "{type}", with: id).replacingOccurrences(of: "{version}", with: "1")
            var answer = try await router.send(method, path, key: key.text, json: body)
            // What was asked for may be repeated; nothing else may tell one from the other.
            answer.body = Array(answer.text.replacingOccurrences(of: id, with: "ID").utf8)
            return answer
        }

        /// An identifier of the form that the router gives such things, and gave to nothing.
        private static func unknown(_ template: String) -> String {
            template.contains("dead-letters") ? "0f8fad5b-d9cb-469f-a165-70867728950e" : "nothing-of-anyones"
        }

        private static func checkLists(
            _ b: SecuredRouter.Key, _ things: Things, _ router: SecuredRouter
        ) async throws {
            for path in [
                "/v1/subscriptions", "/v1/webhook-endpoints", "/v1/event-types", "/v1/replays", "/v1/dead-letters",
                "/v1/events?type=t",
                "/v1/events?id=event-of-a", "/v1/dead-letters?subscription=orders-of-a",
                "/v1/events?topic=portarium.events&type=t", "/v1/events?topic=portarium.keys",
            ] {
                let list = try await router.send("GET", path, key: b.text)
                #expect(list.text == #"{"items":[]}"#, "\(path): \(list.text)")
            }
            let keys = try await router.send("GET", "/v1/keys", key: b.text)
            #expect(keys.json["items"]?[0]?["id"]?.string == b.id)
            #expect(keys.json["items"]?[1] == nil)
            #expect(try await router.send("GET", "/v1/events?source=/s&id=event-of-a", key: b.text).status == 404)
            #expect(try await router.send("GET", "/v1/subscriptions", key: b.text, tenant: Self.tenant).status == 403)
        }

        /// Identifiers in bodies are no way round those in paths.
        private static func checkBodies(
            _ b: SecuredRouter.Key, _ things: Things, _ router: SecuredRouter
        ) async throws {
            for (path, body) in [
                ("/v1/replays", #"{"subscription":"orders-of-a"}"#),
                ("/v1/dead-letters/redrive", #"{"subscription":"orders-of-a"}"#),
                ("/v1/dead-letters/redrive", #"{"ids":["\#(things.deadLetter)"]}"#),
            ] {
                let answer = try await router.send("POST", path, key: b.text, json: body)
                #expect(answer.status == 404, "\(body): \(answer.text)")
            }
            let count = try await router.send(
                "POST", "/v1/replays", key: b.text,
                json: #"{"sink":"http://127.0.0.1:9/","filters":[{"exact":{"type":"t"}}],"dryRun":true}"#)
            #expect(count.json["matched"]?.int == 0)
            let key = try await router.send(
                "POST", "/v1/keys", key: b.text, json: #"{"tenant":"\#(Self.tenant)","scopes":["read"]}"#)
            #expect(key.status == 403)
        }

        /// The stream has b's own event only; it ends when b's key is gone, and so does everything else of b's.
        private static func checkStream(
            _ b: SecuredRouter.Key, _ things: Things, _ router: SecuredRouter
        ) async throws {
            #expect(try await router.publish("event-of-b", key: b.text).status == 202)
            async let streamed = router.send("GET", "/v1/events/stream?from=earliest", key: b.text)
            try await Task.sleep(for: .milliseconds(500))
            #expect(try await router.send("DELETE", "/v1/keys/\(b.id)", key: b.text).status == 204)
            let deleted = ContinuousClock.now
            let text = try await streamed.text
            #expect(deleted.duration(to: .now) < .seconds(10))
            #expect(text.contains("event-of-b") && text.contains("not valid any more"))
            for identifier in things.all { #expect(!text.contains(identifier)) }
            // The stream's connection ends with it, and a call may have been about to use it.
            try await eventually("b's key is gone", within: .seconds(5)) {
                (try? await router.send("GET", "/v1/subscriptions", key: b.text))?.status == 401
            }
        }
    }
}
