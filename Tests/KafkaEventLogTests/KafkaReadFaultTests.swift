import BrokerTraits
import EventLog
import KafkaEventLog
import KafkaTestKit
import NIOCore
import ProcessKit
import Testing

/// What becomes of fetches, positions and groups when brokers move or go, and over a slow network.
@Suite(.needs(.mockCluster, to: .faults))
struct KafkaReadFaultTests {
    @Test func leadersThatMoveHideNothing() async throws {
        try await ClusterLog.with { world in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for number in 0..<100 { try await world.append(["\(number)"]) }
                }
                group.addTask {
                    for round in 0..<10 {
                        try await world.cluster.setLeader(
                            ofTopic: world.topic.name, partition: 0, broker: round % 3 + 1)
                        try await Task.sleep(for: .milliseconds(50))
                    }
                }
                #expect(try await Self.follow(world, count: 100) == (0..<100).map { "\($0)" })
                try await group.waitForAll()
            }
        }
    }

    /// Reads as the tail does: what cannot be read now is read later.
    private static func follow(_ world: ClusterLog, count: Int) async throws -> [String] {
        var texts: [String] = []
        var next = Offset.zero
        try await eventually("\(count) records") {
            do {
                let batch = try await world.log.fetch(
                    world.place(), from: next, maxRecords: 100, maxBytes: 1 << 20, waitMax: .seconds(1))
                texts += batch.records.compactMap { $0.record.value.map { String(buffer: $0) } }
                next = batch.next
            } catch let error as EventLogError where error.code == .unavailable {}
            return texts.count >= count
        }
        return texts
    }

    @Test func withoutBrokersAFetchSaysSoAndRecovers() async throws {
        try await ClusterLog.with {
            $0.requestTimeoutMilliseconds = 1_000
        } _: { world in
            try await world.append(["a", "b", "c"])
            #expect(try await world.texts() == ["a", "b", "c"])
            for broker in 1...3 { try await world.cluster.takeDown(broker: broker) }
            let error = await #expect(throws: EventLogError.self) {
                // A place that nothing was fetched ahead for.
                _ = try await world.log.fetch(
                    world.place(), from: Offset(1), maxRecords: 1, maxBytes: 100, waitMax: .zero)
            }
            #expect(error?.code == .unavailable)
            for broker in 1...3 { try await world.cluster.bringUp(broker: broker) }
            try await eventually("the partition can be read again", within: .seconds(20)) {
                (try? await world.texts()) == ["a", "b", "c"]
            }
        }
    }

    @Test func coordinatorsThatMoveGetTheCommitsAllTheSame() async throws {
        try await ClusterLog.with { world in
            let group = ConsumerGroup("\(world.topic.name).g")
            for round in 1...9 {
                try await world.cluster.setCoordinator(ofGroup: group.name, broker: round % 3 + 1)
                try await world.log.commit([
                    GroupCommit(
                        group: group, topicPartition: world.place(),
                        committed: CommittedOffset(offset: Offset(Int64(round)), metadata: "m"))
                ])
            }
        }
    }

    /// librdkafka would end the process over it.
    @Test func aCallThatTheBrokersDoNotKnowIsAnError() async throws {
        try await ClusterLog.with { world in
            for _ in 0..<3 {
                let error = await #expect(throws: EventLogError.self) {
                    try await world.log.deleteGroup(ConsumerGroup("\(world.topic.name).g"))
                }
                #expect(error?.code == .unavailable)
            }
        }
    }

    /// The same: a coordinator comes back after the request to it has timed out.
    @Test func coordinatorsThatComeBackLateAreNoHarm() async throws {
        try await ClusterLog.with {
            $0.requestTimeoutMilliseconds = 500
        } _: { world in
            func commit() async throws {
                try await world.log.commit([
                    GroupCommit(
                        group: ConsumerGroup("\(world.topic.name).g"), topicPartition: world.place(),
                        committed: CommittedOffset(offset: Offset(1)))
                ])
            }
            try await commit()
            for broker in 1...3 { try await world.cluster.takeDown(broker: broker) }
            for _ in 0..<2 {
                let error = await #expect(throws: EventLogError.self) { try await commit() }
                #expect(error?.code == .unavailable)
            }
            for broker in 1...3 { try await world.cluster.bringUp(broker: broker) }
            try await eventually("positions are stored again", within: .seconds(20)) {
                (try? await commit()) != nil
            }
        }
    }

    @Test(.needs(.noida))
    func aSlowNetworkIsOnlySlow() async throws {
        let broker = try await NoidaBroker.shared()
        try await TCPProxy.with(upstreamPort: broker.port, portMap: nil) { proxy in
            let prefix = unusedPrefix()
            let log = try await CurrentKafkaLog(brokers: "127.0.0.1:\(proxy.port)", prefix: prefix).log
            let place = TopicPartition(Topic("\(prefix).t"), Partition(0))
            try await log.createTopic(TopicSpecification(topic: place.topic, partitions: 1))
            try await proxy.setLatency(.milliseconds(100))
            for number in 0..<5 { _ = try await log.append([ClusterLog.record(place, "\(number)")]) }
            #expect(try await ClusterLog.texts(place, in: log) == (0..<5).map { "\($0)" })
            await log.close()
        }
    }
}
