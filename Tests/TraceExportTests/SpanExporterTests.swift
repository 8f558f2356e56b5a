import CloudEvents
import NIOCore
import RouterTestKit
import ServiceLifecycle
import ServiceLifecycleTestKit
import Testing
import Traces

@testable import TraceExport

@Suite struct SpanExporterTests {
    /// An exporter that runs, and the collector that it posts to.
    struct World: Sendable {
        let queue: SpanQueue
        let collector: LoopbackSink
        let counts: CountingExport
    }

    @discardableResult
    private static func run(
        _ change: @Sendable (inout SpanExportConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (World) async throws -> Void
    ) async throws -> CountingExport {
        let counts = CountingExport()
        try await LoopbackSink.withSink { collector in
            collector.setResponder { _ in .status(200) }
            var configuration = SpanExportConfiguration(
                endpoint: collector.url("/v1/traces"), resource: SpanResource(serviceName: "s", version: "1"))
            configuration.intervalMilliseconds = 10
            change(&configuration)
            let queue = SpanQueue(configuration: configuration, observer: counts)
            let exporter = SpanExporter(configuration: configuration, queue: queue, observer: counts)
            let world = World(queue: queue, collector: collector, counts: counts)
            try await testGracefulShutdown { trigger in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await exporter.run() }
                    try await body(world)
                    trigger.triggerGracefulShutdown()
                    try await group.waitForAll()
                }
            }
        }
        return counts
    }

    private static func wait(until claim: () -> Bool) async throws {
        for _ in 0..<12_000 where !claim() { try await Task.sleep(for: .milliseconds(5)) }
        try #require(claim())
    }

    @Test(arguments: [SpanExportConfiguration.Encoding.protobuf, .json])
    func spansArePostedWithTheHeadersOfTheDeployment(encoding: SpanExportConfiguration.Encoding) async throws {
        try await Self.run({ configuration in
            configuration.encoding = encoding
            configuration.headers = [("Authorization", "Bearer x"), ("x-team", "a b")]
        }) { world in
            world.queue.record(SpanQueueTests.spans(1...3))
            try await Self.wait { world.counts.exported == 3 }
            let request = try #require(try await world.collector.received(count: 1).first)
            #expect(request.method == "POST")
            #expect(request.uri == "/v1/traces")
            #expect(request["authorization"] == "Bearer x")
            #expect(request["x-team"] == "a b")
            #expect(request["content-encoding"] == nil)
            let type = encoding == .json ? "application/json" : "application/x-protobuf"
            #expect(request["content-type"] == type)
            let expected =
                encoding == .json
                ? OTLPJSON.encode(SpanQueueTests.spans(1...3), of: SpanResource(serviceName: "s", version: "1"))
                : OTLPProtobuf.encode(SpanQueueTests.spans(1...3), of: SpanResource(serviceName: "s", version: "1"))
            #expect(request.body == expected)
        }
    }

    @Test func bodiesAreCompressedWhereThatIsWanted() async throws {
        try await Self.run({ $0.isCompressed = true }) { world in
            world.queue.record(SpanQueueTests.spans(1...200, textBytes: 500))
            let request = try #require(try await world.collector.received(count: 1).first)
            #expect(request["content-encoding"] == "gzip")
            #expect(request.body.getBytes(at: request.body.readerIndex, length: 3) == [0x1f, 0x8b, 8])
            let plain = OTLPProtobuf.encode(
                SpanQueueTests.spans(1...200, textBytes: 500), of: SpanResource(serviceName: "s", version: "1"))
            #expect(request.body.readableBytes < plain.readableBytes / 5)
        }
    }

    @Test func partialSuccessIsCountedAndNotRepeated() async throws {
        try await Self.run({ $0.encoding = .json }) { world in
            world.collector.script(
                .status(
                    200, headers: [("content-type", "application/json")],
                    body: ByteBuffer(string: #"{"partialSuccess":{"rejectedSpans":"2","errorMessage":"no"}}"#)))
            world.queue.record(SpanQueueTests.spans(1...5))
            try await Self.wait { world.counts.exported == 3 && world.counts.dropped(.rejected) == 2 }
            #expect(world.counts.retries == 0)
        }
    }

    @Test(arguments: [400, 401, 404, 413, 500, 301])
    func whatIsRefusedIsDroppedAtOnce(status: Int) async throws {
        try await Self.run { world in
            world.collector.script(.status(status, headers: [("location", "/elsewhere"), ("retry-after", "0")]))
            world.queue.record(SpanQueueTests.spans(1...5))
            let reason = status == 413 ? DroppedSpans.tooLarge : .refused
            try await Self.wait { world.counts.dropped(reason) == 5 }
            world.queue.record(SpanQueueTests.spans(6...6))
            try await Self.wait { world.counts.exported == 1 }
            #expect(world.counts.retries == 0)
            let requests = try await world.collector.received(count: 2)
            #expect(requests.allSatisfy { $0.uri == "/v1/traces" })
        }
    }

    @Test(arguments: [429, 502, 503, 504])
    func whatMayBeBetterLaterIsRepeatedAfterAWhile(status: Int) async throws {
        try await Self.run { world in
            world.collector.script(.status(status, headers: [("retry-after", "0")]))
            world.queue.record(SpanQueueTests.spans(1...5))
            try await Self.wait { world.counts.exported == 5 }
            #expect(world.counts.retries == 1)
            let requests = try await world.collector.received(count: 2)
            #expect(requests[0].body == requests[1].body)
        }
    }

    @Test func aConnectionThatBreaksIsRepeatedAfterAWhile() async throws {
        try await Self.run { world in
            world.collector.script(.reset)
            let start = ContinuousClock.now
            world.queue.record(SpanQueueTests.spans(1...5))
            try await Self.wait { world.counts.exported == 5 }
            #expect(world.counts.retries == 1)
            #expect(start.duration(to: .now) >= .milliseconds(500))
        }
    }

    @Test func aCollectorThatStaysAwayCostsTheSpansAndNoMore() async throws {
        try await Self.run({ $0.retryMilliseconds = 0 }) { world in
            world.collector.script(.status(503))
            world.queue.record(SpanQueueTests.spans(1...5))
            try await Self.wait { world.counts.dropped(.unreachable) == 5 }
            world.queue.record(SpanQueueTests.spans(6...6))
            try await Self.wait { world.counts.exported == 1 }
        }
    }

    @Test func aCollectorThatDoesNotAnswerIsGivenUpInTime() async throws {
        try await Self.run({ configuration in
            configuration.timeoutMilliseconds = 50
            configuration.retryMilliseconds = 0
        }) { world in
            world.collector.script(.hang)
            world.queue.record(SpanQueueTests.spans(1...5))
            try await Self.wait { world.counts.dropped(.unreachable) == 5 }
        }
    }

    @Test func aCollectorThatStopsInItsAnswerHoldsNothingUp() async throws {
        try await Self.run({ $0.timeoutMilliseconds = 100 }) { world in
            world.collector.script(
                .raw("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n", close: false))
            world.queue.record(SpanQueueTests.spans(1...5))
            try await Self.wait { world.counts.exported == 5 }
            world.queue.record(SpanQueueTests.spans(6...6))
            try await Self.wait { world.counts.exported == 6 }
        }
    }

    @Test func theEndDoesNotWaitForARepetitionThatIsFarAway() async throws {
        let start = ContinuousClock.now
        let counts = try await Self.run({ configuration in
            configuration.retryMilliseconds = 600_000
            configuration.flushMilliseconds = 600_000
        }) { world in
            world.collector.script(.status(503, headers: [("retry-after", "500")]))
            world.queue.record(SpanQueueTests.spans(1...5))
            _ = try await world.collector.received(count: 1)
        }
        #expect(counts.exported == 5)
        #expect(start.duration(to: .now) < .seconds(300))
    }

    @Test func whatIsLeftIsPostedAtTheEnd() async throws {
        let counts = try await Self.run({ $0.intervalMilliseconds = 600_000 }) { world in
            world.queue.record(SpanQueueTests.spans(1...5))
            #expect(world.counts.exported == 0)
        }
        #expect(counts.exported == 5)
    }

    @Test func theEndDoesNotWaitForACollectorThatHangs() async throws {
        let start = ContinuousClock.now
        let counts = try await Self.run({ configuration in
            configuration.flushMilliseconds = 100
            configuration.timeoutMilliseconds = 600_000
        }) { world in
            world.collector.setResponder { _ in .hang }
            world.queue.record(SpanQueueTests.spans(1...5))
            _ = try await world.collector.received(count: 1)
        }
        #expect(start.duration(to: .now) < .seconds(300))
        #expect(counts.dropped(.shutdown) == 5)
    }
}
