import EventLog
import Ingress
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// What becomes of requests that come together, by what the log promises of an append of many.
@Suite(.timeLimit(.minutes(1))) struct EventIntakeQueueTests {
    private static func record(_ topic: String) -> ProducerRecord {
        ProducerRecord(
            topic: Topic(topic),
            record: LogRecord(key: nil, value: ByteBuffer(string: "v"), timestamp: Timestamp(milliseconds: 1)))
    }

    /// Gives two requests to a queue at once and what came of each.
    private func outcomes(_ writer: RecordingWriter) async -> [Bool] {
        let queue = EventIntakeQueue(writer: writer)
        let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
        async let good: Bool = self.append("good", to: queue, eventLoop)
        async let bad: Bool = self.append("bad", to: queue, eventLoop)
        while queue.waitingRecords < 2 { await Task.yield() }
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await queue.run() }
            defer { group.cancelAll() }
            return await [good, bad]
        }
    }

    private func append(_ topic: String, to queue: EventIntakeQueue, _ eventLoop: any EventLoop) async -> Bool {
        await withCheckedContinuation { continuation in
            queue.append([Self.record(topic)], on: eventLoop) { result in
                continuation.resume(returning: (try? result.get()) != nil)
            }
        }
    }

    @Test func whatComesTogetherIsAppendedTogetherWhereThatIsAllOrNothing() async {
        let writer = RecordingWriter()
        #expect(await self.outcomes(writer) == [true, true])
        #expect(writer.appends.map(\.count) == [2])
    }

    @Test func whereItIsNotARequestsFaultIsItsOwn() async {
        let writer = RecordingWriter(appendsAtomically: false)
        writer.fail(where: { $0.topic.name == "bad" }, EventLogError(.unavailable, "no leader"))
        #expect(await self.outcomes(writer) == [true, false])
        #expect(writer.records.map(\.topic.name) == ["good"])
    }
}
