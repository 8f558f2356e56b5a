import CloudEvents
import EventLog
import KafkaTestKit
import NIOCore
import RouterTestKit
import Testing

@testable import KafkaEventLog

/// Which limit a record is over is known before anything of its call is sent, where the brokers tell it.
struct KafkaLimitTests {
    private static func with(
        _ body: (KafkaEventLog, CurrentKafkaLog, Topic) async throws -> Void
    ) async throws {
        let broker = try await NoidaBroker.shared()
        let prefix = unusedPrefix()
        let current = try await CurrentKafkaLog(brokers: broker.bootstrap, prefix: prefix)
        let topic = Topic("\(prefix).limited")
        let result: Result<Void, any Error>
        do {
            try await current.log.createTopic(TopicSpecification(topic: topic, partitions: 1))
            try await body(current.log, current, topic)
            result = .success(())
        } catch { result = .failure(error) }
        await current.log.close()
        try result.get()
    }

    private static func records(_ topic: Topic, _ sizes: Int...) -> [ProducerRecord] {
        sizes.map { size in
            // Not to be compressed: brokers measure what they get.
            var generator = SystemRandomNumberGenerator()
            let value = ByteBuffer(bytes: (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) })
            return ProducerRecord(
                topic: topic, record: LogRecord(key: nil, value: value, timestamp: Timestamp(milliseconds: 1)))
        }
    }

    private static func excess(
        of records: [ProducerRecord], in log: KafkaEventLog
    ) async throws -> EventLogError.Excess? {
        do throws(EventLogError) {
            _ = try await log.append(records)
            return nil
        } catch {
            #expect(error.code == .tooLarge, "\(error)")
            return error.excess
        }
    }

    private static func end(_ topic: Topic, _ log: KafkaEventLog) async throws -> Int64 {
        try await log.bounds(of: TopicPartition(topic, Partition(0))).end.value
    }

    private static let needsBroker: Comment = "scripts/test-services.sh was not run"

    @Test(.enabled(if: ServiceFiles.areInstalled, needsBroker))
    func theSettingIsNamedAndNothingOfTheCallIsThere() async throws {
        try await Self.with { log, _, topic in
            let large = CurrentKafkaLog.recordBytesMax + 1
            let excess = try await Self.excess(of: Self.records(topic, 10, large, 10), in: log)
            #expect(
                excess
                    == .init(
                        recordIndex: 1, size: large, limit: "kafka.recordBytesMax",
                        limitMax: CurrentKafkaLog.recordBytesMax))
            #expect(try await Self.end(topic, log) == 0)
        }
    }

    @Test(.enabled(if: ServiceFiles.areInstalled, needsBroker))
    func aTopicsOwnLimitIsNamedWhereItIsLess() async throws {
        try await Self.with { first, current, topic in
            try await first.calls.run { [admin = first.admin] in admin.alter(topic, ["max.message.bytes": "20000"]) }
            let log = try await current.reopen()
            let excess = try await Self.excess(of: Self.records(topic, 10, 30_000), in: log)
            #expect(
                excess
                    == .init(
                        recordIndex: 1, size: 30_000, limit: "max.message.bytes of topic \(topic)", limitMax: 20_000))
            #expect(try await Self.end(topic, log) == 0)
            _ = try await log.append(Self.records(topic, 19_000))
            #expect(try await Self.end(topic, log) == 1)
        }
    }

    @Test(.enabled(if: ServiceFiles.areInstalled, needsBroker))
    func aLimitThatChangedMeanwhileIsNamedByTheBrokersRefusal() async throws {
        try await Self.with { log, _, topic in
            try await log.calls.run { [admin = log.admin] in admin.alter(topic, ["max.message.bytes": "20000"]) }
            let excess = try await Self.excess(of: Self.records(topic, 30_000), in: log)
            #expect(excess?.limit == "max.message.bytes of topic \(topic)")
            #expect(excess?.recordIndex == 0)
            #expect(excess?.limitMax == nil)
        }
    }
}
