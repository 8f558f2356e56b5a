import BrokerTraits
import EventLog
import KafkaEventLog
import KafkaTestKit
import RouterTestKit
import Testing

/// The contract of the log, on brokers that nobody here wrote.
struct KafkaContractTests {
    @Test(
        .enabled(if: ServiceFiles.areInstalled, "scripts/test-services.sh was not run"),
        arguments: BrokerKind.allCases, EventLogContract.all)
    func everyBrokerKeepsTheContract(kind: BrokerKind, check: EventLogContract.Check) async throws {
        try kind.skip(unlessAbleToAll: Self.needs(of: check))
        let broker = try await kind.shared()
        let prefix = unusedPrefix()
        let current = try await CurrentKafkaLog(brokers: broker.bootstrap, prefix: prefix)
        // Where a log cannot make topics the broker does it.
        let makeTopic: (@Sendable (TopicSpecification) async throws -> Void)?
        if let cluster = broker as? MockCluster {
            makeTopic = { try await cluster.createTopic($0.topic.name, partitions: $0.partitions) }
        } else {
            makeTopic = nil
        }
        let result: Result<Void, any Error>
        do {
            try await check.run(
                EventLogContractSubject(
                    log: current.log, prefix: prefix, recordBytesMax: CurrentKafkaLog.recordBytesMax,
                    reopen: { try await current.reopen() }, makeTopic: makeTopic))
            result = .success(())
        } catch { result = .failure(error) }
        await current.log.close()
        try result.get()
    }

    /// What a broker must be able to do for a check.
    private static func needs(of check: EventLogContract.Check) -> [BrokerFeature] {
        Self.needs[check.description] ?? []
    }

    private static let needs: [String: [BrokerFeature]] = [
        "records of one call keep their order": [.exactEnds],
        "offsets of a partition are dense from zero": [.exactEnds],
        "unknown topics and partitions are named": [.createTopics],
        "an offset out of range comes back with the bounds": [.exactEnds],
        "a time finds the first record at it or later": [.offsetsForTimes],
        "a time finds the first record also where times are out of order": [.offsetsForTimes],
        "a time is found among many records": [.offsetsForTimes],
        "a topic can be made again, and is listed once": [.createTopics, .describeConfigs],
        "partitions are added empty, and keep what is there": [.createTopics, .alterTopics],
        "a topic keeps its partitions and its policy": [.createTopics, .describeConfigs],
        "a topic needs a legal name and number of partitions": [.createTopics],
        "topics made at the same time are all there": [.createTopics],
        "a compacted topic refuses a record without a key": [.describeConfigs],
        "a group's position comes back with its metadata": [.committedOffsets, .commitMetadata, .groupCalls],
        "the last commit wins, also backwards": [.committedOffsets, .commitMetadata, .groupCalls],
        "groups are found by the prefix of their names": [.committedOffsets, .groupCalls, .groupNames],
        "a deleted group is gone, others stay": [.committedOffsets, .groupCalls],
        "many positions are committed in one call": [.committedOffsets, .groupCalls],
        "offsets go on after the log is opened again": [.alterTopics],
        "everything is there after the log is opened again": [.commitMetadata, .exactEnds, .groupCalls],
    ]

    @Test func everyNeedIsOneOfACheck() {
        let checks = Set(EventLogContract.all.map(\.description))
        #expect(Set(Self.needs.keys).subtracting(checks) == [])
    }
}
