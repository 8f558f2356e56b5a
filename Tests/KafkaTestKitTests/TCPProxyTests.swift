import KafkaTestKit
import NIOCore
import ProcessKit
import Testing

struct TCPProxyTests {
    private static let payload = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    @Test func bytesPassUnchangedBothWays() async throws {
        try await Self.withEcho { proxy in
            try await withConnection(to: proxy.port) { read, write in
                try await write.write(ByteBuffer(bytes: Self.payload))
                #expect(await read.read(upTo: Self.payload.count) == Self.payload)
            }
            let statistics = try await proxy.statistics
            #expect(statistics.bytesToServer == Self.payload.count)
            #expect(statistics.bytesToClient == Self.payload.count)
            #expect(statistics.connections == 1)
        }
    }

    @Test func theEndOfTheClientReachesTheServer() async throws {
        try await Self.withEcho { proxy in
            try await withConnection(to: proxy.port) { read, write in
                try await write.write(ByteBuffer(string: "a"))
                #expect(await read.read(upTo: 1) == Array("a".utf8))
            }
            try await eventually("the end of the connection") { try await proxy.statistics.openConnections == 0 }
        }
    }

    /// No upper bound: only that it is not faster than asked for.
    @Test func latencyHoldsEachWayBack() async throws {
        try await Self.withEcho { proxy in
            try await proxy.setLatency(.milliseconds(60))
            try await withConnection(to: proxy.port) { read, write in
                let start = ContinuousClock.now
                try await write.write(ByteBuffer(string: "a"))
                #expect(await read.read(upTo: 1).count == 1)
                #expect(ContinuousClock.now - start >= .milliseconds(120))
            }
        }
    }

    @Test func aRateHoldsBytesBack() async throws {
        try await Self.withEcho { proxy in
            try await proxy.setRate(bytesPerSecond: 400_000)
            try await withConnection(to: proxy.port) { read, write in
                let start = ContinuousClock.now
                try await write.write(ByteBuffer(bytes: Self.payload))
                #expect(await read.read(upTo: Self.payload.count) == Self.payload)
                #expect(ContinuousClock.now - start >= .milliseconds(240))
            }
        }
    }

    @Test func aCutComesRightBehindTheByteItIsSetTo() async throws {
        try await Self.withEcho { proxy in
            try await proxy.cut(afterBytes: 41, .toClient)
            let received = try await withConnection(to: proxy.port) { read, write in
                try await write.write(ByteBuffer(bytes: Self.payload))
                return await read.read(upTo: Self.payload.count)
            }
            #expect(received == Array(Self.payload.prefix(41)))
            try await Self.expectEcho(through: proxy)
        }
    }

    @Test func nothingLeavesABlackHoleUntilItHeals() async throws {
        try await Self.withEcho { proxy in
            try await withConnection(to: proxy.port) { read, write in
                try await write.write(ByteBuffer(string: "a"))
                #expect(await read.read(upTo: 1).count == 1)
                try await proxy.setBlackHole(true)
                try await write.write(ByteBuffer(string: "b"))
                // The byte is in the proxy or on its way there; nothing may pass until it heals.
                #expect(try await proxy.statistics.bytesToServer == 1)
                try await proxy.heal()
                #expect(await read.read(upTo: 1) == Array("b".utf8))
            }
        }
    }

    @Test func whatIsDownTakesNobodyAndComesBack() async throws {
        try await Self.withEcho { proxy in
            try await withConnection(to: proxy.port) { read, write in
                try await write.write(ByteBuffer(string: "a"))
                #expect(await read.read(upTo: 1).count == 1)
                try await proxy.takeDown()
                #expect(await read.read(upTo: 1).isEmpty)
            }
            let received = try? await withConnection(to: proxy.port) { read, write in
                try? await write.write(ByteBuffer(string: "b"))
                return await read.read(upTo: 1)
            }
            #expect((received ?? []).isEmpty)
            try await eventually("the refusal") { try await proxy.statistics.refused == 1 }
            try await proxy.bringUp()
            try await Self.expectEcho(through: proxy)
        }
    }

    @Test func droppedConnectionsMayComeBackAtOnce() async throws {
        try await Self.withEcho { proxy in
            try await withConnection(to: proxy.port) { read, write in
                try await write.write(ByteBuffer(string: "a"))
                #expect(await read.read(upTo: 1).count == 1)
                try await proxy.dropConnections()
                #expect(await read.read(upTo: 1).isEmpty)
            }
            try await Self.expectEcho(through: proxy)
        }
    }

    private static func withEcho(_ body: (TCPProxy) async throws -> Void) async throws {
        try await EchoServer.with { port in try await TCPProxy.with(upstreamPort: port, body) }
    }

    private static func expectEcho(through proxy: TCPProxy) async throws {
        try await withConnection(to: proxy.port) { read, write in
            try await write.write(ByteBuffer(string: "again"))
            #expect(await read.read(upTo: 5) == Array("again".utf8))
        }
    }
}
