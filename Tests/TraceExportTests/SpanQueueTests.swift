import CloudEvents
import Testing
import Traces

@testable import TraceExport

@Suite struct SpanQueueTests {
    static func spans(_ numbers: ClosedRange<Int>, textBytes: Int = 0) -> [Span] {
        numbers.map { number in
            var span = Span(
                "\(number)", .client, context: TraceParent(traceID: 7, parentID: UInt64(number), flags: 1),
                parentID: nil, start: 1, end: 2)
            if textBytes > 0 { span.set(.eventID, String(repeating: "x", count: textBytes)) }
            return span
        }
    }

    private static func queue(
        _ counts: CountingExport, _ change: (inout SpanExportConfiguration) -> Void = { _ in }
    ) -> SpanQueue {
        var configuration = SpanExportConfiguration(
            endpoint: "http://127.0.0.1/", resource: SpanResource(serviceName: "s", version: "1"))
        configuration.intervalMilliseconds = 600_000
        configuration.batchSpansMax = 3
        change(&configuration)
        return SpanQueue(configuration: configuration, observer: counts)
    }

    @Test func aBatchIsTakenWhenItIsFullAndTheRestWaits() {
        let queue = Self.queue(CountingExport())
        queue.record(Self.spans(1...2))
        #expect(queue.take() == nil)
        queue.record(Self.spans(3...7))
        #expect(queue.take()?.map(\.name) == ["1", "2", "3"])
        #expect(queue.take()?.map(\.name) == ["4", "5", "6"])
        #expect(queue.take() == nil)
        #expect(queue.count == 1)
        queue.close()
        #expect(queue.take()?.map(\.name) == ["7"])
        #expect(queue.take() == nil)
    }

    @Test func whatWaitsTooLongIsTaken() async throws {
        let queue = Self.queue(CountingExport()) { $0.intervalMilliseconds = 10 }
        queue.record(Self.spans(1...1))
        try await Task.sleep(for: .milliseconds(15))
        #expect(queue.take()?.count == 1)
    }

    @Test func whatDoesNotFitIsDroppedAndCounted() {
        let counts = CountingExport()
        let queue = Self.queue(counts) { $0.queueSpansMax = 5 }
        queue.record(Self.spans(1...4))
        queue.record(Self.spans(5...9))
        #expect(queue.count == 5)
        #expect(counts.dropped(.queueFull) == 4)
        _ = queue.take()
        queue.record(Self.spans(10...10))
        #expect(queue.count == 3)
        #expect(counts.dropped(.queueFull) == 4)
    }

    @Test func bytesAreBoundedToo() {
        let counts = CountingExport()
        let queue = Self.queue(counts) { $0.queueBytesMax = 65_536 }
        queue.record(Self.spans(1...100, textBytes: 1_000))
        #expect((40...60).contains(queue.count))
        #expect(counts.dropped(.queueFull) == 100 - queue.count)
        let before = queue.count
        while queue.count > 2, queue.take() != nil {}
        queue.record(Self.spans(1...20, textBytes: 1_000))
        #expect(queue.count >= 20 && queue.count < before)
    }

    @Test func nothingIsTakenAfterTheEnd() {
        let counts = CountingExport()
        let queue = Self.queue(counts)
        queue.record(Self.spans(1...2))
        queue.close()
        queue.record(Self.spans(3...3))
        #expect(counts.dropped(.shutdown) == 1)
        queue.dropRest()
        #expect(queue.count == 0)
        #expect(counts.dropped(.shutdown) == 3)
    }
}
