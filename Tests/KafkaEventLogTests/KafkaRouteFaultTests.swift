import CRdKafka
import CloudEvents
import Dispatch
import EventLog
import KafkaTestKit
import Logging
import NIOCore
import Testing

@testable import KafkaEventLog

/// Every event stays in the target once, whatever becomes of who carries it.
@Suite(.enabled(if: ServiceFiles.areInstalled, "scripts/test-services.sh was not run"))
struct KafkaRouteFaultTests {
    private static let logger = Logger(label: "kafka-test") { _ in SwiftLogNoOpLogHandler() }

    /// Does what a route does with the first records of the source, and goes away in the middle of its transaction.
    private static func leaveTransactionOpen(_ world: RouteWorld, id: String) throws {
        let group = world.log.name(of: world.route.group)
        let configuration = world.log.configuration
        let producer = try KafkaRouteProducer(configuration, id: id, target: world.target, logger: self.logger)
        let consumer = try KafkaRouteConsumer(
            configuration, group: group, topics: [world.source], logger: self.logger)
        defer {
            consumer.close()
            producer.destroy()
        }
        guard case .done = producer.open() else { throw EventLogError(.unavailable, "no transaction") }
        var positions: [TopicPartition: Int64] = [:]
        let deadline = ContinuousClock.now + .seconds(30)
        while positions.isEmpty, ContinuousClock.now < deadline {
            let (count, event) = consumer.take(max: 1_000, waitMilliseconds: 100)
            if case .assigned(let partitions) = event { try consumer.assign(partitions.map { ($0, 0) }) }
            for index in 0..<count {
                let message = try #require(consumer.messages[index])
                positions[TopicPartition(world.source, Partition(message.pointee.partition))] =
                    message.pointee.offset + 1
                #expect(producer.forward(message, key: nil) == RD_KAFKA_RESP_ERR_NO_ERROR)
            }
            consumer.free()
        }
        #expect(!positions.isEmpty)
        rd_kafka_flush(producer.handle.pointer, 10_000)
        let list = KafkaPartitionList(positions.map { ($0.key, $0.value, nil) })
        let member = try #require(consumer.membership())
        defer { rd_kafka_consumer_group_metadata_destroy(member) }
        let error = rd_kafka_send_offsets_to_transaction(producer.handle.pointer, list.pointer, member, 10_000)
        #expect(error == nil)
    }

    @Test func whatAnInstanceLeftOpenIsTakenBackByTheNextOneOfItsName() async throws {
        let broker = try await NoidaBroker.shared()
        try await RouteWorld.with(brokers: broker.bootstrap, { $0.instanceID = "one" }) { world in
            try await world.publish(0..<900)
            try Self.leaveTransactionOpen(
                world, id: world.log.transactionalID(of: world.log.name(of: world.route.group)))
            let listener = RecordedRoute()
            try await world.routing(listener) { try await world.untilCarried(600, listener) }
            #expect(try await world.carriedIDs() == RouteWorld.expectedIDs(0..<900))
        }
    }

    /// Its time being up is played by the next producer of its id: noida keeps transactions open for ever.
    @Test func whatAnInstanceLeftOpenIsNotThereWhenItsTimeIsUp() async throws {
        let broker = try await NoidaBroker.shared()
        try await RouteWorld.with(brokers: broker.bootstrap) { world in
            try await world.publish(0..<900)
            try Self.leaveTransactionOpen(world, id: "\(world.target).gone")
            let listener = RecordedRoute()
            try await world.routing(listener) { try await world.untilCarried(600, listener) }
            // Readers of committed records see nothing behind an open transaction.
            #expect(try await world.carried().count < 600)
            try KafkaRouteProducer(
                world.log.configuration, id: "\(world.target).gone", target: world.target, logger: Self.logger
            ).destroy()
            #expect(try await world.carriedIDs() == RouteWorld.expectedIDs(0..<900))
        }
    }

    @Test func aZombieCannotCommit() async throws {
        let broker = try await NoidaBroker.shared()
        func impatient(_ configuration: inout KafkaEventLogConfiguration) {
            configuration.sessionTimeoutMilliseconds = 6_000
            configuration.properties["max.poll.interval.ms"] = "6500"
        }
        try await RouteWorld.with(brokers: broker.bootstrap, impatient) { world in
            try await world.publish(0..<900)
            let (zombie, heir) = (RecordedRoute(), RecordedRoute())
            let (isHeld, release) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            zombie.select { event in
                if event.id == "100" {
                    isHeld.signal()
                    release.wait()
                }
                return event.type == "a"
            }
            try await world.routing(zombie) {
                defer { release.signal() }
                try await world.until("the zombie is held") { isHeld.wait(timeout: .now()) == .success }
                let other = try RouteWorld.open(broker.bootstrap, world.log.configuration.prefix, impatient)
                try await world.routing(heir, with: other) {
                    try await world.untilCarried(600, zombie, heir)
                    release.signal()
                    try await world.until("the zombie has failed") { !zombie.failures.isEmpty }
                    try await world.publish(900..<1_200)
                    try await world.untilCarried(800, zombie, heir)
                }
                await other.close()
            }
            #expect(try await world.carriedIDs() == RouteWorld.expectedIDs(0..<1_200))
        }
    }

    @Test func aProducerThatAnotherHasReplacedIsReplacedInTurn() async throws {
        let broker = try await NoidaBroker.shared()
        try await RouteWorld.with(brokers: broker.bootstrap, { $0.instanceID = "one" }) { world in
            let listener = RecordedRoute()
            try await world.routing(listener) {
                try await world.publish(0..<300)
                try await world.untilCarried(200, listener)
                let id = world.log.transactionalID(of: world.log.name(of: world.route.group))
                try KafkaRouteProducer(
                    world.log.configuration, id: id, target: world.target, logger: Self.logger
                ).destroy()
                try await world.publish(300..<600)
                try await world.untilCarried(400, listener)
            }
            #expect(!listener.failures.isEmpty)
            #expect(try await world.carriedIDs() == RouteWorld.expectedIDs(0..<600))
        }
    }

    @Test func instancesThatComeAndGoCarryEverythingOnceAndInOrder() async throws {
        let broker = try await NoidaBroker.shared()
        try await RouteWorld.with(brokers: broker.bootstrap) { world in
            var listeners = [RecordedRoute()]
            try await world.routing(listeners[0]) {
                for round in 0..<4 {
                    let guest = RecordedRoute()
                    listeners.append(guest)
                    let other = try RouteWorld.open(broker.bootstrap, world.log.configuration.prefix)
                    try await world.routing(guest, with: other) {
                        for part in 0..<10 {
                            let first = round * 600 + part * 60
                            try await world.publish(first..<(first + 60))
                            try await Task.sleep(for: .milliseconds(30))
                        }
                    }
                    await other.close()
                }
            }
            // Who is alone now has what nobody was given at the last.
            listeners.append(RecordedRoute())
            try await world.routing(listeners[listeners.count - 1]) {
                try await world.untilCarried(1_600, listeners)
            }
            #expect(try await world.carriedIDs() == RouteWorld.expectedIDs(0..<2_400))
        }
    }

    @Test func whatWasTakenBackInTheSourceIsNotCarried() async throws {
        let broker = try await NoidaBroker.shared()
        try await RouteWorld.with(brokers: broker.bootstrap) { world in
            try await world.publish(0..<30)
            try Self.produceAndAbort(world, ids: 100..<150)
            try await world.publish(30..<60)
            let listener = RecordedRoute()
            try await world.routing(listener) { try await world.untilCarried(40, listener) }
            #expect(try await world.carriedIDs() == RouteWorld.expectedIDs(0..<60))
        }
    }

    private static func produceAndAbort(_ world: RouteWorld, ids: Range<Int>) throws {
        let producer = try KafkaRouteProducer(
            world.log.configuration, id: "\(world.source).foreign", target: world.source, logger: Self.logger)
        defer { producer.destroy() }
        guard case .done = producer.open() else { throw EventLogError(.unavailable, "no transaction") }
        let topic = rd_kafka_topic_new(producer.handle.pointer, world.source.name, nil)
        defer { rd_kafka_topic_destroy(topic) }
        for id in ids {
            let record = LogRecord(event: RouteWorld.event(id), key: nil, timestamp: Timestamp(milliseconds: 1))
            let code = record.headers.bytes.withUnsafeReadableBytes { headers in
                crk_produce(
                    producer.handle.pointer, topic, Int32(id % RouteWorld.sourcePartitions), nil, -1, nil, -1,
                    headers.baseAddress, headers.count, 1, nil)
            }
            #expect(code == RD_KAFKA_RESP_ERR_NO_ERROR)
        }
        rd_kafka_flush(producer.handle.pointer, 10_000)
        guard case .aborted = producer.abort(EventLogError(.unavailable, "as the test wants it")) else {
            throw EventLogError(.unavailable, "not aborted")
        }
    }

    @Test func whatRetentionTookBeforeItWasReadIsToldAndLeftOut() async throws {
        let broker = try await NoidaBroker.shared()
        try await RouteWorld.with(brokers: broker.bootstrap) { world in
            let place = TopicPartition(world.source, Partition(0))
            _ = try await world.log.append(
                (0..<20).map { id in
                    ProducerRecord(
                        topic: world.source, partition: place.partition,
                        record: LogRecord(event: RouteWorld.event(id), key: nil, timestamp: .init(milliseconds: 1)))
                })
            try await world.log.commit([
                GroupCommit(
                    group: world.route.group, topicPartition: place, committed: CommittedOffset(offset: Offset(2)))
            ])
            try Self.deleteRecords(world, before: 5, of: place)
            let listener = RecordedRoute()
            try await world.routing(listener) { try await world.untilCarried(15, listener) }
            #expect(listener.lost == [2...5])
            #expect(try await world.carriedIDs().values.joined().sorted() == Array(5..<20))
        }
    }

    private static func deleteRecords(_ world: RouteWorld, before offset: Int64, of place: TopicPartition) throws {
        let list = KafkaPartitionList([place], offset: offset)
        var request = rd_kafka_DeleteRecords_new(list.pointer)
        defer { rd_kafka_DeleteRecords_destroy(request) }
        try world.log.admin.request(RD_KAFKA_ADMIN_OP_DELETERECORDS, "records cannot be deleted") { options, queue in
            rd_kafka_DeleteRecords(world.log.admin.handle.pointer, &request, 1, options, queue)
        } read: { _ in
            .success(())
        }.get()
    }

    /// The mock cluster takes transactions and drops the offsets in them, which nobody can see from outside: only what
    /// it refuses is tested.
    @Test func brokersWithoutTransactionsSayWhyTheyCannotRoute() async throws {
        try await MockCluster.with { cluster in
            let log = try RouteWorld.open(cluster.bootstrap, unusedPrefix())
            let result: Result<(String?, String?), any Error>
            do {
                let before = try await log.obstacleToRouting()
                try await cluster.setVersions(of: .initProducerID, nil)
                result = .success((before, try await log.obstacleToRouting()))
            } catch { result = .failure(error) }
            await log.close()
            let (before, after) = try result.get()
            #expect(before == nil)
            #expect(after?.contains("transactions cannot be begun") == true)
        }
    }
}
