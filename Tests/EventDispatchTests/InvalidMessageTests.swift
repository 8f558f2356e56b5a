import CloudEvents
import Delivery
import EventLog
import Logging
import NIOCore
import RouterTestKit
import Subscriptions
import Synchronization
import Testing

@testable import EventDispatch

/// Records of event topics that are no events: kept as they are, in nobody's way.
@Suite(.timeLimit(.minutes(1))) struct InvalidMessageTests {
    private static let channel = TopicPartition(Topic("portarium.invalid-messages"), Partition(0))

    /// No event: it says of what version it is, and nothing else.
    private static var record: ProducerRecord {
        var headers = RecordHeaders()
        headers.append(name: "ce_specversion", value: "1.0")
        headers.append(name: "x", value: "1")
        headers.append(name: "x", value: "2")
        return ProducerRecord(
            topic: DispatchWorld.topic, partition: Partition(0),
            record: LogRecord(
                key: ByteBuffer(string: "key"), headers: headers, value: ByteBuffer(bytes: [0, 255, 1]),
                timestamp: Timestamp(milliseconds: 7)))
    }

    private func names(_ headers: RecordHeaders) -> [String] {
        var names: [String] = []
        headers.forEach { name, _ in names.append(String(decoding: name, as: UTF8.self)) }
        return names
    }

    private func kept(_ log: InMemoryEventLog, _ count: Int) async -> [LogRecord] {
        await until { log.records(of: Self.channel).count >= count }
        return log.records(of: Self.channel).map(\.record)
    }

    @Test func aRecordThatIsNoEventIsKeptWithItsBytesAndItsPlace() async throws {
        try await DispatchWorld.with { world in
            _ = try await world.subscriptions.create(DispatchWorld.subscription())
            let position = try await world.log.append([Self.record])[0]
            try await world.publish("1")
            await until { world.sink.deliveries.count == 1 }
            let kept = try #require(await self.kept(world.log, 1).first)
            #expect(kept.key == ByteBuffer(string: "key"))
            #expect(kept.value == ByteBuffer(bytes: [0, 255, 1]))
            #expect(
                self.names(kept.headers) == [
                    "portarium_topic", "portarium_partition", "portarium_offset", "portarium_timestamp",
                    "portarium_reason", "ce_specversion", "x", "x",
                ])
            #expect(Position(originOf: kept) == position)
            #expect(kept.headers["portarium_timestamp"] == "7")
            #expect(kept.headers["portarium_reason"]?.isEmpty == false)
        }
    }

    @Test func aRecordIsKeptOnceHoweverManySubscriptionsReadIt() async throws {
        try await DispatchWorld.with { world in
            _ = try await world.subscriptions.create(DispatchWorld.subscription())
            _ = try await world.log.append([Self.record])
            try await world.publish("1")
            await until { world.sink.deliveries.count == 1 }
            var late = DispatchWorld.subscription("late", sink: "http://two.test/")
            late.config.start = .earliest
            _ = try await world.subscriptions.create(late)
            await until { world.sink.deliveries.count == 2 }
            #expect(await self.kept(world.log, 1).count == 1)
        }
    }

    @Test func aChannelThatCannotBeWrittenHoldsNobodyUp() async throws {
        let log = try await DispatchWorld.log()
        let observer = CountingObserver()
        let channel = InvalidMessageChannel(
            configuration: Self.configuration, log: log, observer: observer,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let position = try await log.append([Self.record])[0]
        let element = try #require(log.records(of: position.topicPartition).first)
        let message = InvalidMessageChannel.Message(element: element, fault: try Self.fault(of: element.record))
        log.setFault(.fails(EventLogError(.unavailable, "down")), on: .append)
        let before = log.calls(of: .append)
        await channel.write([message], of: position.topicPartition)
        #expect(log.calls(of: .append) - before == InvalidMessageChannel.triesMax)
        // Trouble that goes on is not waited for again.
        await channel.write([message], of: position.topicPartition)
        #expect(log.calls(of: .append) - before == InvalidMessageChannel.triesMax + 1)
        #expect(observer.counts == [2, 2])
        log.setFault(nil, on: .append)
        await channel.write([message], of: position.topicPartition)
        #expect(log.records(of: Self.channel).count == 1)
        #expect(observer.counts == [3, 2])
    }

    @Test func oneThatIsTooLargeTakesNoOtherAlong() async throws {
        let log = InMemoryEventLog(recordBytesMax: 1_000)
        for topic in Self.configuration.internalTopics(attemptRetentionAge: nil) { try await log.createTopic(topic) }
        let observer = CountingObserver()
        let channel = InvalidMessageChannel(
            configuration: Self.configuration, log: log, observer: observer,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        var large = Self.record.record
        large.value = ByteBuffer(repeating: 0, count: 999)
        let messages = try [Self.record.record, large, Self.record.record].enumerated().map { index, record in
            InvalidMessageChannel.Message(
                element: RecordBatch.Element(offset: Offset(Int64(index)), record: record),
                fault: try Self.fault(of: record))
        }
        await channel.write(messages, of: PlacedReplica.events[0])
        #expect(log.records(of: Self.channel).compactMap { $0.record.headers["portarium_offset"] } == ["0", "2"])
        #expect(observer.counts == [3, 1])
    }

    @Test func onASharedLogItIsKeptBeforeTheTailPassesItAlsoWithoutSubscriptions() async throws {
        try await PlacedReplica.with { replicas in
            let log = replicas[0].log.base
            _ = try await log.append([Self.record])
            let before = log.calls(of: .append)
            log.setFault(.hangs, on: .append)
            await replicas[0].dispatcher.assigned([PlacedReplica.events[0]])
            await until { log.calls(of: .append) > before }
            let position = replicas[0].dispatcher.core.look { $0.machine.tailPosition(of: PlacedReplica.events[0]) }
            #expect(position == .zero)
            log.setFault(nil, on: .append)
            await until {
                let tails = try? await log.committed(groupsWithPrefix: GroupName.tail.name)
                return tails?[GroupName.tail]?[PlacedReplica.events[0]]?.offset == Offset(1)
            }
            #expect(log.records(of: Self.channel).count == 1)
        }
    }

    private static var configuration: DispatchConfiguration {
        var configuration = DispatchConfiguration(eventTopics: [DispatchWorld.topic])
        configuration.limits.internalRetryMilliseconds = 1
        return configuration
    }

    private static func fault(of record: LogRecord) throws -> CloudEventError {
        try #require(throws: CloudEventError.self) { _ = try record.cloudEvent() }
    }
}

/// Counts records that are no events, and those of them that were not kept.
private final class CountingObserver: DispatchObserver {
    private let state = Mutex([0, 0])

    var counts: [Int] { self.state.withLock { $0 } }

    func attempted(_ attempt: DeliveryAttempt, _ report: AttemptReport) {}
    func deadLettered(_ reason: DeadLetterReason) {}
    func deadLetterFailed() {}
    func deadLetterRefused() {}
    func commitFailed() {}
    func invalidRecord(at position: Position) { self.state.withLock { $0[0] += 1 } }
    func invalidRecordsUnkept(_ count: Int) { self.state.withLock { $0[1] += count } }
    func fetched(records: Int, isCatchUp: Bool) {}
    func rangeLost(records: Int64) {}
    func routed(read: Int, carried: Int) {}
    func routeFailed() {}
}
