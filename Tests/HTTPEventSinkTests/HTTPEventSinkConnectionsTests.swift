import Delivery
import HTTPEventSink
import NIOCore
import RouterTestKit
import Testing

@Suite struct HTTPEventSinkConnectionsTests {
    @Test func aConnectionIsUsedAgainWhateverTheAnswerWas() async throws {
        try await SinkWorld.run { world in
            world.server.script(
                .status(204), .text(200, "ok"), .text(500, "broken"), .status(410), .text(404, "none"),
                .status(302, headers: [("Location", "/x")]), .text(200, String(repeating: "x", count: 60_000)),
                .raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", close: false))
            for _ in 0..<9 { _ = await world.send() }
            #expect(world.server.requests.count == 9)
            #expect(world.server.acceptedConnections == 1)
        }
    }

    @Test func anAnswerBeyondTheBoundCostsItsConnectionAndCountsAllTheSame() async throws {
        try await SinkWorld.run { world in
            let large = ByteBuffer(repeating: 0x78, count: 4 << 20)
            world.server.script(.status(200, body: large), .status(400, body: large))
            #expect(await world.send().meaning == .delivered)
            #expect(await world.send().meaning == .rejected)
            #expect(await world.send().meaning == .delivered)
            #expect(world.server.acceptedConnections == 3)
        }
    }

    @Test func noMoreConnectionsThanAllowedAreOpenedToOneDestination() async throws {
        var configuration = HTTPEventSinkConfiguration()
        configuration.connectionsPerDestinationMax = 2
        configuration.connectTimeoutMilliseconds = 60_000
        try await SinkWorld.run(configuration: configuration) { world in
            let gate = LoopbackSink.Gate()
            world.server.setResponder { _ in .after(gate, .status(202)) }
            let reports = try await withThrowingTaskGroup(of: AttemptReport.self) { group in
                for _ in 0..<10 {
                    let attempt = SinkWorld.attempt(world.destination(), [SinkWorld.event()])
                    let sink = world.sink
                    group.addTask { await sink.send(attempt) }
                }
                _ = try await world.server.received(count: 2)
                gate.open()
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(reports.count == 10)
            #expect(reports.allSatisfy { $0.meaning == .delivered })
            #expect(world.server.inFlightHighest == 2)
            #expect(world.server.acceptedConnections == 2)
        }
    }

    @Test func attemptsWithinTheLimitAreOnTheWireTogether() async throws {
        try await SinkWorld.run { world in
            let gate = LoopbackSink.Gate()
            world.server.setResponder { _ in .after(gate, .status(202)) }
            let delivered = try await withThrowingTaskGroup(of: AttemptReport.self) { group in
                for index in 0..<32 {
                    let attempt = SinkWorld.attempt(world.destination(), [SinkWorld.event(id: "\(index)")])
                    let sink = world.sink
                    group.addTask { await sink.send(attempt) }
                }
                // All 32 have to arrive before the first is answered.
                _ = try await world.server.received(count: 32)
                gate.open()
                return try await group.reduce(into: 0) { $0 += $1.meaning == .delivered ? 1 : 0 }
            }
            #expect(delivered == 32)
            #expect(Set(world.server.requests.compactMap { $0["ce-id"] }).count == 32)
        }
    }

    @Test(.enabled("There is no IPv6 loopback here.") { await HTTPEventSinkConnectionsTests.hasIPv6() })
    func anAddressOfIPv6IsReached() async throws {
        try await SinkWorld.run(host: "::1") { world in
            #expect(await world.send().meaning == .delivered)
            let request = try await world.server.next()
            #expect(request["host"] == "[::1]:\(world.server.port)")
        }
    }

    private static func hasIPv6() async -> Bool {
        guard let sink = try? await LoopbackSink.start(host: "::1") else { return false }
        await sink.stop()
        return true
    }
}
