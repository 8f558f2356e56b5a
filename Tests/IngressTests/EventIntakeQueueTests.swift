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

    @Test func whatWaitsForOnePartitionHoldsUpNobodyElse() async {
        let writer = RecordingWriter(appendsAtomically: false)
        writer.hold { $0.topic.name == "stuck" }
        let queue = EventIntakeQueue(writer: writer)
        let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
        await withTaskGroup(of: Bool.self) { group in
            // One comes together with one that waits; then more wait than appends may be under way.
            for topic in ["stuck", "good"] { group.addTask { await self.append(topic, to: queue, eventLoop) } }
            while queue.waitingRecords < 2 { await Task.yield() }
            group.addTask { (try? await queue.run()) == nil }
            #expect(await group.next() == true)
            for number in 1...5 {
                group.addTask { await self.append("stuck", to: queue, eventLoop) }
                await writer.awaitAppends(number == 1 ? 3 : 1)
            }
            #expect(await self.append("good", to: queue, eventLoop))
            #expect(writer.records.map(\.topic.name) == ["good", "good"])
            writer.release()
            for _ in 0..<6 { #expect(await group.next() == true) }
            group.cancelAll()
        }
        #expect(writer.records.count == 8)
    }

    @Test func whatIsUnderWayCountsUntilItHasEnded() async {
        let writer = RecordingWriter(appendsAtomically: false)
        writer.hold()
        let queue = EventIntakeQueue(writer: writer, recordsMax: 3)
        let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { (try? await queue.run()) == nil }
            for _ in 0..<3 {
                group.addTask { await self.append("stuck", to: queue, eventLoop) }
                await writer.awaitAppends(1)
            }
            #expect(await self.append("too many", to: queue, eventLoop) == false)
            writer.release()
            for _ in 0..<3 { #expect(await group.next() == true) }
            #expect(queue.waitingRecords == 0)
            #expect(await self.append("again", to: queue, eventLoop))
            group.cancelAll()
        }
    }
}
