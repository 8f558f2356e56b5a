import EventLog
import Ingress
import NIOCore
import NIOPosix
import Testing

/// What becomes of requests that come together, by what the log promises of an append of many.
@Suite(.timeLimit(.minutes(1))) struct EventIntakeQueueTests {
    private static func record(_ topic: String) -> ProducerRecord {
        ProducerRecord(
            topic: Topic(topic),
            record: LogRecord(key: nil, value: ByteBuffer(string: "v"), timestamp: Timestamp(milliseconds: 1)))
    }

    /// Gives two requests to a queue at once; which of them were appended.
    private func accepted(_ writer: RecordingWriter) async -> Set<String> {
        let queue = EventIntakeQueue(writer: writer)
        let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
        return await withTaskGroup(of: String?.self) { group in
            for topic in ["good", "bad"] {
                group.addTask { await self.append(topic, to: queue, eventLoop) ? topic : nil }
            }
            while queue.waitingRecords < 2 { await Task.yield() }
            group.addTask {
                try? await queue.run()
                return nil
            }
            // The queue runs until both are answered.
            let answers = [await group.next() ?? nil, await group.next() ?? nil]
            group.cancelAll()
            return Set(answers.compactMap { $0 })
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
        #expect(await self.accepted(writer) == ["good", "bad"])
        #expect(writer.appends.map(\.count) == [2])
    }

    @Test func whereItIsNotARequestsFaultIsItsOwn() async {
        let writer = RecordingWriter(appendsAtomically: false)
        writer.fail(where: { $0.topic.name == "bad" }, EventLogError(.unavailable, "no leader"))
        #expect(await self.accepted(writer) == ["good"])
        #expect(writer.records.map(\.topic.name) == ["good"])
    }
}
