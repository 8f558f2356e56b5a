import CloudEvents
import EmbeddedEventLog
import EventLog
import NIOCore
import RouterTestKit
import Synchronization
import Testing

@Suite struct LogProbeTests {
    private static let topic = Topic("test.events")

    private final class Recorder: EmbeddedEventLogObserver {
        let transactions = Mutex<[Int]>([])
        let failed = Mutex(0)

        func appended(records: Int, bytes: Int, duration: Duration) {
            #expect(bytes > 0 && duration > .zero)
            self.transactions.withLock { $0.append(records) }
        }

        func appendFailed(records: Int) { self.failed.withLock { $0 += 1 } }
    }

    private static func records(_ count: Int, bytes: Int = 10) -> [ProducerRecord] {
        (0..<count).map { _ in
            ProducerRecord(
                topic: Self.topic,
                record: LogRecord(
                    key: nil, value: ByteBuffer(repeating: 1, count: bytes), timestamp: Timestamp(milliseconds: 1)))
        }
    }

    @Test func aProbeWritesAndChangesNothingElse() async throws {
        try await withLog { log in
            try await log.createTopic(TopicSpecification(topic: Self.topic, partitions: 2))
            let before = log.statistics
            try await log.probe()
            #expect(log.statistics.transactions == before.transactions + 1)
            #expect(log.statistics.appendedRecords == 0)
            #expect(log.endOffsets.map(\.end) == [.zero, .zero])
        }
    }

    @Test func aLogAtItsSizeLimitSaysSoInProbesAndInAppends() async throws {
        try await withLog {
            $0.fileBytesMax = 1 << 20
        } _: { log in
            try await log.createTopic(TopicSpecification(topic: Self.topic, partitions: 1))
            try await log.probe()
            var refusal: EventLogError?
            for _ in 0..<200 where refusal == nil {
                do throws(EventLogError) { _ = try await log.append(Self.records(1, bytes: 20_000)) } catch {
                    refusal = error
                }
            }
            #expect(refusal?.code == .full)
            #expect(refusal?.message.contains("size limit") == true)
            // Small records fill what is left, until a probe finds no room either.
            var fault: EventLogError?
            for _ in 0..<200 where fault == nil {
                _ = try? await log.append(Self.records(1, bytes: 5_000))
                do throws(EventLogError) { try await log.probe() } catch { fault = error }
            }
            #expect(fault?.code == .full)
            #expect(fault?.message.contains("size limit") == true)
        }
    }

    @Test func aProbeOfAClosedLogFails() async throws {
        try await withLog { log in
            await log.close()
            await #expect(throws: EventLogError.self) { try await log.probe() }
        }
    }

    @Test func aCancelledProbeEndsThoughTheWriterHasNotAnswered() async throws {
        try await withLog { log in
            await withTaskGroup(of: Void.self) { group in
                group.cancelAll()
                for _ in 0..<100 { group.addTask { try? await log.probe() } }
            }
            try await log.probe()
        }
    }

    @Test func theObserverHearsOfEveryTransactionWithRecords() async throws {
        try await withDirectory { directory in
            let recorder = Recorder()
            let log = try EmbeddedEventLog(
                configuration: EmbeddedEventLogConfiguration(directory: directory + "/log"), observer: recorder)
            try await log.createTopic(TopicSpecification(topic: Self.topic, partitions: 1))
            _ = try await log.append(Self.records(3))
            try await log.probe()
            _ = try await log.append(Self.records(2))
            await log.close()
            #expect(recorder.transactions.withLock { $0 } == [3, 2])
            #expect(recorder.failed.withLock { $0 } == 0)
            #expect(log.statistics.appendedRecords == 5)
            #expect(log.statistics.queuedRecords == 0)
            #expect(log.endOffsets.map(\.end) == [Offset(5)])
        }
    }
}
