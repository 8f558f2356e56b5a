import EventLog
import HTTPServing
import Hummingbird
import HummingbirdTesting
import Ingress
import NIOCore
import Synchronization
import TenantLimits
import Testing

/// Rates of tenants, on both ways in.
@Suite(.timeLimit(.minutes(2))) struct ThrottlingTests {
    private static func request(
        _ body: String, tenant: String = "acme", type: String = "application/cloudevents+json", more: String = ""
    ) -> String {
        "POST /v1/events HTTP/1.1\r\nhost: x\r\nx-tenant-id: \(tenant)\r\ncontent-type: \(type)\r\n\(more)"
            + "content-length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private static func batch(_ count: Int, tenant: String = "acme") -> String {
        let events = (0..<count).map { event(id: "\($0)") }.joined(separator: ",")
        return self.request("[\(events)]", tenant: tenant, type: "application/cloudevents-batch+json")
    }

    /// What a server with these limits of `acme` answers to requests on one connection.
    private static func answers(
        _ requests: [String], _ limits: [TenantLimit: Int], isDirect: Bool, failing: EventLogError? = nil
    ) async throws -> (answers: [String], server: EventServer) {
        let meters = TenantMeters(limits: FixedLimits(["acme": limits])) { 0 }
        let server = try EventServer(meters: meters)
        if let failing { server.writer.fail(failing) }
        let text = try await server.application(isDirect: isDirect).test(.live) { client in
            try await RawClient.connected(port: try #require(client.port)) { connection in
                try await connection.send(requests.joined())
                try await connection.endInput()
                return await connection.receiveAll()
            }
        }
        return (text.split(separator: "HTTP/1.1 ").map { $0.lowercased() }, server)
    }

    @Test(arguments: [true, false]) func overTheRateIs429WithWhatToDo(isDirect: Bool) async throws {
        let requests = (0..<3).map { Self.request(event(id: "\($0)")) } + [Self.request(event(), tenant: "other")]
        let (answers, server) = try await Self.answers(requests, [.eventsPerSecond: 2], isDirect: isDirect)
        #expect(answers.map { $0.prefix(3) } == ["202", "202", "429", "202"])
        #expect(answers[0].contains(#"ratelimit-policy: "events";q=2;qu="events";w=1"#))
        #expect(answers[0].contains(#"ratelimit: "events";r=1;t=1"#))
        #expect(answers[2].contains("retry-after: 1\r\n"))
        #expect(answers[2].contains("content-type: application/problem+json"))
        #expect(answers[2].contains(#""limit":"eventspersecond","limitvalue":2"#))
        #expect(answers[2].contains(#"ratelimit: "events";r=0;t=1"#))
        #expect(!answers[3].contains("ratelimit"))
        #expect(server.writer.records.count == 3)
        #expect(server.counter.refused.withLock { $0 } == [.throttled])
        #expect(server.counter.open.withLock { $0 } == 0)
        #expect(server.budget.requests == 0)
    }

    @Test(arguments: [true, false]) func aBatchCountsItsEventsAndIsTakenAsAWhole(isDirect: Bool) async throws {
        let requests = [Self.batch(3), Self.batch(3), Self.batch(2)]
        let (answers, server) = try await Self.answers(requests, [.eventsPerSecond: 5], isDirect: isDirect)
        #expect(answers.map { $0.prefix(3) } == ["202", "429", "202"])
        #expect(server.writer.records.count == 5)
    }

    @Test(arguments: [true, false]) func aBatchLargerThanTheBurstIsTakenWhenNothingIsUsedUp(
        isDirect: Bool
    ) async throws {
        let requests = [Self.batch(20), Self.batch(1)]
        let (answers, _) = try await Self.answers(requests, [.eventsPerSecond: 5], isDirect: isDirect)
        #expect(answers.map { $0.prefix(3) } == ["202", "429"])
        // Fifteen are owed, and one is asked for: 16 at 5 a second.
        #expect(answers[1].contains("retry-after: 4\r\n"))
    }

    @Test(arguments: [true, false]) func bytesAreJudgedByTheHead(isDirect: Bool) async throws {
        let requests = [Self.request(event()), Self.request("{ no event")]
        let (answers, _) = try await Self.answers(requests, [.bytesPerSecond: 60], isDirect: isDirect)
        #expect(answers.map { $0.prefix(3) } == ["202", "429"])
        #expect(answers[1].contains(#""limit":"bytespersecond""#))
    }

    @Test(arguments: [true, false]) func whatTheLogDidNotTakeIsNotCharged(isDirect: Bool) async throws {
        let requests = [Self.batch(5), Self.batch(5)]
        let (answers, _) = try await Self.answers(
            requests, [.eventsPerSecond: 5], isDirect: isDirect, failing: EventLogError(.unavailable, "no disk"))
        #expect(answers.map { $0.prefix(3) } == ["503", "503"])
    }

    @Test func whoIsNotLetInIsNotToldOfRates() async throws {
        let limits = FixedLimits(["default": [.eventsPerSecond: 1]])
        let server = try EventServer(
            callers: CredentialResolver(
                keys: NamedCredentials(), tokens: nil, defaultTenant: "default", observer: SilentAccess()),
            meters: TenantMeters(limits: limits) { 0 })
        let requests = (0..<3).map { Self.request(event(id: "\($0)"), tenant: "default") }
        let text = try await server.application(isDirect: true).test(.live) { client in
            try await RawClient.connected(port: try #require(client.port)) { connection in
                try await connection.send(requests.joined())
                try await connection.endInput()
                return await connection.receiveAll()
            }
        }
        #expect(text.split(separator: "HTTP/1.1 ").map { $0.prefix(3) } == ["401", "401", "401"])
    }

    private struct SilentAccess: AccessObserver {
        func refused(_ reason: AccessRefusal) {}
    }
}
