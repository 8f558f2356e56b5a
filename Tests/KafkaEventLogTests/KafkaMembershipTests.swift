import BrokerTraits
import EventLog
import KafkaEventLog
import KafkaTestKit
import ProcessKit
import RouterTestKit
import Synchronization
import Testing

/// How replicas share partitions.
struct KafkaMembershipTests {
    @Test(.enabled(if: ServiceFiles.areInstalled, "scripts/test-services.sh was not run"))
    func replicasSharePartitionsAndGiveThemUpInOrder() async throws {
        let broker = try await NoidaBroker.shared()
        let prefix = unusedPrefix()
        let topic = Topic("\(prefix).events")
        let first = try await CurrentKafkaLog(brokers: broker.bootstrap, prefix: prefix).log
        try await first.createTopic(TopicSpecification(topic: topic, partitions: 6))
        let second = try await CurrentKafkaLog(brokers: broker.bootstrap, prefix: prefix).log
        let (one, two) = (PartitionNotes(), PartitionNotes())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await first.takePart(in: [topic], one) }
            try await eventually("the first replica has all partitions") { one.held.count == 6 }
            group.addTask { try await second.takePart(in: [topic], two) }
            try await eventually("the partitions are shared") {
                one.held.count == 3 && two.held.count == 3 && one.held.isDisjoint(with: two.held)
            }
            #expect(one.overlaps == 0 && two.overlaps == 0)
            await second.leave()
            #expect(two.held.isEmpty)
            try await eventually("the first replica has them again") { one.held.count == 6 }
            #expect(one.lost == 0 && two.lost == 0)
            await first.leave()
            #expect(one.held.isEmpty)
            try await group.waitForAll()
        }
        await first.close()
        await second.close()
    }

    @Test(.enabled(if: ServiceFiles.areInstalled, "scripts/test-services.sh was not run"))
    func aReplicaCommitsOnlyForPartitionsThatItHas() async throws {
        let broker = try await NoidaBroker.shared()
        let prefix = unusedPrefix()
        let topic = Topic("\(prefix).events")
        let log = try await CurrentKafkaLog(brokers: broker.bootstrap, prefix: prefix).log
        try await log.createTopic(TopicSpecification(topic: topic, partitions: 1))
        let other = Topic("\(prefix).other")
        try await log.createTopic(TopicSpecification(topic: other, partitions: 1))
        let tail = ConsumerGroup("portarium.tail")
        func commit(_ topic: Topic) -> GroupCommit {
            GroupCommit(
                group: tail, topicPartition: TopicPartition(topic, Partition(0)),
                committed: CommittedOffset(offset: Offset(7), metadata: "m"))
        }
        let notes = PartitionNotes()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await log.takePart(in: [topic], notes) }
            try await eventually("the partition is there") { notes.held.count == 1 }
            try await log.commit([commit(topic)])
            let committed = try await log.committed(groupsWithPrefix: tail.name)
            #expect(committed[tail]?[TopicPartition(topic, Partition(0))] == commit(topic).committed)
            await #expect(throws: EventLogError.self) { try await log.commit([commit(other)]) }
            await log.leave()
            try await group.waitForAll()
        }
        await log.close()
    }

    @Test(.needs(.tansu, to: .evictsDeadMembers))
    func aReplicaThatCannotBeHeardLosesItsPartitionsToTheOther() async throws {
        let broker = try await TansuBroker.start()
        try await TCPProxy.with(upstreamPort: broker.proxy.port, portMap: nil) { network in
            let prefix = unusedPrefix()
            let topic = Topic("\(prefix).events")
            let first = try await CurrentKafkaLog(
                brokers: "127.0.0.1:\(network.port)", prefix: prefix, session: 1_500
            ).log
            let second = try await CurrentKafkaLog(brokers: broker.bootstrap, prefix: prefix, session: 1_500).log
            // The broker was started this moment: on a busy machine its first answers come late.
            try await eventually("the topic is there") {
                (try? await second.createTopic(TopicSpecification(topic: topic, partitions: 4))) != nil
            }
            let (one, two) = (PartitionNotes(), PartitionNotes())
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await first.takePart(in: [topic], one) }
                try await eventually("the first replica has all partitions") { one.held.count == 4 }
                group.addTask { try await second.takePart(in: [topic], two) }
                try await eventually("the partitions are shared") { one.held.count == 2 && two.held.count == 2 }
                try await network.setBlackHole(true)
                try await eventually("the first replica is told that it lost them") {
                    one.held.isEmpty && one.lost == 2
                }
                try await eventually("the second replica has all partitions") { two.held.count == 4 }
                try await network.heal()
                try await eventually("the partitions are shared again") {
                    one.held.count == 2 && two.held.count == 2 && one.held.isDisjoint(with: two.held)
                }
                #expect(two.lost == 0)
                await first.leave()
                await second.leave()
                try await group.waitForAll()
            }
            await first.close()
            await second.close()
        }
        await broker.stop()
    }

    /// noida waits for a member that is gone without a word, for ever.
    @Test(.enabled(if: ServiceFiles.areInstalled, "scripts/test-services.sh was not run"))
    func aReplicaWithoutPartitionsLeavesTheGroupToo() async throws {
        let broker = try await NoidaBroker.shared()
        let prefix = unusedPrefix()
        let topic = Topic("\(prefix).events")
        let first = try await CurrentKafkaLog(brokers: broker.bootstrap, prefix: prefix).log
        try await first.createTopic(TopicSpecification(topic: topic, partitions: 1))
        let lines = LogLines()
        var configuration = KafkaEventLogConfiguration(brokers: broker.bootstrap)
        (configuration.prefix, configuration.sessionTimeoutMilliseconds) = (prefix, 6_000)
        let second = try KafkaEventLog(configuration: configuration, logger: lines.logger)
        let third = try await CurrentKafkaLog(brokers: broker.bootstrap, prefix: prefix).log
        let (one, two, three) = (PartitionNotes(), PartitionNotes(), PartitionNotes())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await first.takePart(in: [topic], one) }
            try await eventually("the first replica has the partition") { one.held.count == 1 }
            group.addTask { try await second.takePart(in: [topic], two) }
            try await eventually("the second one has joined, and has none") {
                lines.whole.contains { $0.contains("partitions came") }
            }
            #expect(two.held.isEmpty)
            await second.leave()
            await first.leave()
            group.addTask { try await third.takePart(in: [topic], three) }
            try await eventually("the third one has the partition") { three.held.count == 1 }
            await third.leave()
            try await group.waitForAll()
        }
        for log in [first, second, third] { await log.close() }
    }

    /// librdkafka itself may wait for its group, its connections and its commits without end.
    @Test(.enabled(if: ServiceFiles.areInstalled, "scripts/test-services.sh was not run"), .timeLimit(.minutes(2)))
    func aLogThatNobodyAnswersCanBeClosed() async throws {
        let broker = try await NoidaBroker.shared()
        try await TCPProxy.with(upstreamPort: broker.port, portMap: nil) { network in
            let prefix = unusedPrefix()
            let place = TopicPartition(Topic("\(prefix).events"), Partition(0))
            let log = try await CurrentKafkaLog(brokers: "127.0.0.1:\(network.port)", prefix: prefix) {
                $0.deliveryTimeoutMilliseconds = 3_000
            }.log
            try await log.createTopic(TopicSpecification(topic: place.topic, partitions: 1))
            let notes = PartitionNotes()
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await log.takePart(in: [place.topic], notes) }
                _ = try? await eventually("the partition is there") { notes.held.count == 1 }
                _ = try? await log.append([ClusterLog.record(place, "before")])
                try? await network.setBlackHole(true)
                group.addTask {
                    let error = await #expect(throws: EventLogError.self) {
                        try await log.append([ClusterLog.record(place, "into the hole")])
                    }
                    #expect(error?.code == .unavailable)
                }
                group.addTask {
                    let commit = GroupCommit(
                        group: ConsumerGroup("portarium.tail"), topicPartition: place,
                        committed: CommittedOffset(offset: Offset(1), metadata: ""))
                    await #expect(throws: EventLogError.self) { try await log.commit([commit]) }
                }
                group.addTask {
                    _ = try? await log.fetch(
                        place, from: Offset(1), maxRecords: 10, maxBytes: 1 << 20, waitMax: .seconds(60))
                }
                _ = try? await eventually("the append is under way") { log.statistics.queuedRecords == 1 }
                await log.close()
                await group.waitForAll()
            }
            #expect(notes.held.isEmpty)
        }
    }

    @Test(.needs(.mockCluster, to: .faults))
    func aReplicaCanLeaveBeforeItWasGivenAnything() async throws {
        try await ClusterLog.with(partitions: 2) { world in
            // REBALANCE_IN_PROGRESS: it joins again and again.
            try await world.cluster.fail(.syncGroup, code: 27, count: 1_000)
            let notes = PartitionNotes()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await world.log.takePart(in: [world.topic], notes) }
                try await Task.sleep(for: .seconds(4))
                await world.log.leave()
                try await group.waitForAll()
            }
            #expect(notes.held.isEmpty)
        }
    }

    @Test(.needs(.mockCluster, to: .faults))
    func aReplicaWhoseNameAnotherHasTakenIsPutOutWithASentence() async throws {
        try await ClusterLog.with(partitions: 2) {
            $0.instanceID = "one"
        } _: { world in
            let notes = PartitionNotes()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let error = await #expect(throws: EventLogError.self) {
                        try await world.log.takePart(in: [world.topic], notes)
                    }
                    #expect(error?.code == .unavailable)
                    #expect(error?.description.contains("no two replicas may have the same instance id") == true)
                }
                try await eventually("the replica has the partitions") { notes.held.count == 2 }
                // FENCED_INSTANCE_ID.
                try await world.cluster.fail(.heartbeat, code: 82)
                try await group.waitForAll()
            }
            #expect(notes.held.isEmpty)
        }
    }
}

/// What a replica was told.
final class PartitionNotes: PartitionListener {
    private struct State {
        var held: Set<TopicPartition> = []
        var overlaps = 0
        var lost = 0
    }

    private let state = Mutex(State())

    var held: Set<TopicPartition> { self.state.withLock { $0.held } }
    /// Partitions that were assigned twice.
    var overlaps: Int { self.state.withLock { $0.overlaps } }
    var lost: Int { self.state.withLock { $0.lost } }

    func assigned(_ partitions: [TopicPartition]) async {
        self.state.withLock { state in
            state.overlaps += partitions.count { state.held.contains($0) }
            state.held.formUnion(partitions)
        }
    }

    func revoked(_ partitions: [TopicPartition]) async {
        self.state.withLock { $0.held.subtract(partitions) }
    }

    func lost(_ partitions: [TopicPartition]) async {
        self.state.withLock { state in
            state.held.subtract(partitions)
            state.lost += partitions.count
        }
    }
}
