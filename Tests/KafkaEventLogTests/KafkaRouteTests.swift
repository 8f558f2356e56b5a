import CloudEvents
import EventLog
import KafkaTestKit
import NIOCore
import Testing

@testable import KafkaEventLog

/// Topic-to-topic routes on a broker that nobody here wrote.
@Suite(.enabled(if: ServiceFiles.areInstalled, "scripts/test-services.sh was not run"))
struct KafkaRouteTests {
    @Test func whatIsSelectedIsInTheTargetOnceAsItWasAndInOrderOfItsKey() async throws {
        let broker = try await NoidaBroker.shared()
        try await RouteWorld.with(brokers: broker.bootstrap) { world in
            let listener = RecordedRoute()
            try await world.publish(0..<3_000)
            try await world.routing(listener) { try await world.untilCarried(2_000, listener) }
            #expect(try await world.carriedIDs() == RouteWorld.expectedIDs(0..<3_000))
            let one = try #require(try await world.carried().first)
            let event = try one.cloudEvent()
            let id = try #require(Int(event.id))
            #expect(event == RouteWorld.event(id))
            #expect(one.key == ByteBuffer(bytes: OrderingKey.bytes(of: event)))
            #expect(one.timestamp.milliseconds == 1_700_000_000_000 + Int64(id))
            #expect(listener.counts == .init(read: 3_000, carried: 2_000, invalid: 0))
            #expect(listener.failures.isEmpty)
        }
    }

    /// Most of them before its thread has begun.
    @Test func aRouteThatIsCancelledAtOnceEndsInPeace() async throws {
        let broker = try await NoidaBroker.shared()
        try await RouteWorld.with(brokers: broker.bootstrap) { world in
            for _ in 0..<20 { try await world.routing(RecordedRoute()) {} }
        }
    }

    @Test func aRouteGoesOnWhereTheOneBeforeItLeftOff() async throws {
        let broker = try await NoidaBroker.shared()
        try await RouteWorld.with(brokers: broker.bootstrap) { world in
            for round in 0..<4 {
                let listener = RecordedRoute()
                try await world.publish(round * 300..<(round + 1) * 300)
                try await world.routing(listener) { try await world.untilCarried(round == 0 ? 1 : 200, listener) }
            }
            let listener = RecordedRoute()
            try await world.publish(1_200..<1_203)
            try await world.routing(listener) { try await world.untilCarried(2, listener) }
            #expect(try await world.carriedIDs() == RouteWorld.expectedIDs(0..<1_203))
        }
    }

    @Test func positionsOfTheGroupAreWhereThePartitionsEndAndCarryNoMetadata() async throws {
        let broker = try await NoidaBroker.shared()
        try await RouteWorld.with(brokers: broker.bootstrap) { world in
            let listener = RecordedRoute()
            try await world.publish(0..<100)
            try await world.routing(listener) { try await world.untilCarried(66, listener) }
            let group = world.route.group
            let committed = try await world.log.committed(groupsWithPrefix: group.name)[group] ?? [:]
            for partition in 0..<Int32(RouteWorld.sourcePartitions) {
                let topicPartition = TopicPartition(world.source, Partition(partition))
                let end = try await world.log.bounds(of: topicPartition).end
                #expect(committed[topicPartition]?.offset ?? .zero == end)
                #expect(committed[topicPartition]?.metadata ?? "" == "")
            }
        }
    }

    @Test func aPartitionWithoutPositionBeginsWhereTheRouteSays() async throws {
        let broker = try await NoidaBroker.shared()
        try await RouteWorld.with(brokers: broker.bootstrap) { world in
            try await world.publish(0..<100)
            var route = world.route
            for partition in 0..<Int32(RouteWorld.sourcePartitions) {
                let topicPartition = TopicPartition(world.source, Partition(partition))
                route.starts[topicPartition] = try await world.log.bounds(of: topicPartition).end
            }
            try await world.publish(100..<200)
            let listener = RecordedRoute()
            let late = RouteWorld(log: world.log, source: world.source, target: world.target, route: route)
            try await late.routing(listener) { try await late.untilCarried(67, listener) }
            #expect(try await world.carriedIDs() == RouteWorld.expectedIDs(100..<200))
        }
    }

    @Test func aChangeOfTheSelectionHoldsForAllThatIsReadLater() async throws {
        let broker = try await NoidaBroker.shared()
        try await RouteWorld.with(brokers: broker.bootstrap) { world in
            let listener = RecordedRoute()
            try await world.routing(listener) {
                try await world.publish(0..<30)
                try await world.untilCarried(20, listener)
                listener.select { $0.type == "b" }
                try await world.publish(30..<60)
                try await world.untilCarried(30, listener)
            }
            let ids = try await world.carriedIDs().values.joined().sorted()
            #expect(ids == (0..<30).filter { $0 % 3 != 0 } + (30..<60).filter { $0 % 3 == 0 })
        }
    }

    @Test func whatASubscriptionNamesExactlyIsComparedWithTheHeadersAsTheyLie() async throws {
        let broker = try await NoidaBroker.shared()
        try await RouteWorld.with(brokers: broker.bootstrap) { world in
            func event(_ id: Int, _ changes: [String: String]) -> LogRecord {
                var event = RouteWorld.event(id)
                for (name, value) in changes { event.attributes.set(name, to: value) }
                return LogRecord(
                    event: event, key: ByteBuffer(string: "k"), timestamp: Timestamp(milliseconds: 1))
            }
            var twice = event(6, [:])
            twice.headers.append(name: "ce_type", value: "b")
            let records = [
                event(0, [:]), event(1, ["type": "ab"]), event(2, ["tenantid": "u"]), event(3, ["source": "/other"]),
                event(4, ["type": "b"]), event(5, ["note": "ä"]), twice,
            ]
            _ = try await world.log.append(
                records.map { ProducerRecord(topic: world.source, partition: Partition(0), record: $0) })
            let listener = RecordedRoute()
            listener.select([
                .init(attribute: "tenantid", values: [Array("t".utf8)]),
                .init(attribute: "type", values: [Array("a".utf8), Array("b".utf8)]),
                .init(attribute: "source", values: [Array("/test".utf8)]),
            ])
            try await world.routing(listener) {
                try await world.until("all are read") { listener.counts.read == records.count }
            }
            #expect(try await world.carriedIDs().values.joined().sorted() == [0, 4, 5])
            #expect(listener.counts.invalid == 1)
        }
    }

    @Test func anEventOfAnotherProducerIsTheDefaultTenantsAndCarriedAsItLies() async throws {
        let broker = try await NoidaBroker.shared()
        try await RouteWorld.with(brokers: broker.bootstrap) { world in
            var foreign = RouteWorld.event(1, key: "k")
            foreign.attributes.set("tenantid", to: nil)
            let records = [
                LogRecord(event: foreign, key: ByteBuffer(string: "own"), timestamp: Timestamp(milliseconds: 1)),
                LogRecord(event: RouteWorld.event(2), key: nil, timestamp: Timestamp(milliseconds: 1)),
            ]
            _ = try await world.log.append(
                records.map { ProducerRecord(topic: world.source, partition: Partition(0), record: $0) })
            let listener = RecordedRoute()
            listener.select([.init(attribute: "tenantid", values: [Array("house".utf8)])])
            let log = AdoptingEventLog(world.log, topics: [world.source], tenant: "house")
            #expect(try await log.obstacleToRouting() == nil)
            try await world.routing(listener, with: log) {
                try await world.until("both are read") { listener.counts.read == 2 }
            }
            #expect(try await world.carried() == [records[0]])
        }
    }

    @Test func whatIsNoEventIsPassedOverAndCounted() async throws {
        let broker = try await NoidaBroker.shared()
        try await RouteWorld.with(brokers: broker.bootstrap) { world in
            let listener = RecordedRoute()
            var structured = RecordHeaders()
            // What the document says counts, not what stands beside it.
            structured.append(name: "ce_type", value: "b")
            structured.append(name: "content-type", value: "application/cloudevents+json")
            let json =
                #"{"specversion":"1.0","id":"2","source":"/test","type":"a","tenantid":"t","partitionkey":"k"}"#
            var typed = RouteWorld.event(1, key: "k")
            typed.attributes.append(name: "attempt", value: "3", kind: .integer)
            let records: [LogRecord] = [
                LogRecord(
                    key: ByteBuffer(string: "x"), value: ByteBuffer(string: "?"), timestamp: .init(milliseconds: 1)),
                LogRecord(event: typed, key: nil, timestamp: .init(milliseconds: 1)),
                LogRecord(
                    key: nil, headers: structured, value: ByteBuffer(string: json), timestamp: .init(milliseconds: 1)),
            ]
            _ = try await world.log.append(
                records.map { ProducerRecord(topic: world.source, partition: Partition(0), record: $0) })
            try await world.routing(listener) { try await world.untilCarried(2, listener) }
            #expect(listener.counts == .init(read: 3, carried: 2, invalid: 1))
            let carried = try await world.carried()
            #expect(carried.map(\.headers) == records[1...].map(\.headers))
            // Who wrote them gave no key: they get that of their events.
            #expect(Set(carried.map(\.key)) == [ByteBuffer(string: "t|k")])
        }
    }
}
