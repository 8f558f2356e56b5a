import CRdKafka
import EventLog
import KafkaTestKit
import Logging
import Testing

@testable import KafkaEventLog

/// Topics of a cluster compared with what is declared.
struct KafkaTopicPlanTests {
    @Test(.enabled(if: ServiceFiles.areInstalled, "scripts/test-services.sh was not run"))
    func whatIsAppliedDiffersNoMore() async throws {
        let broker = try await NoidaBroker.shared()
        let prefix = unusedPrefix()
        let current = try await CurrentKafkaLog(brokers: broker.bootstrap, prefix: prefix)
        let log = current.log
        let result: Result<Void, any Error>
        do {
            try await self.apply(log, prefix)
            result = .success(())
        } catch { result = .failure(error) }
        await log.close()
        try result.get()
    }

    private func apply(_ log: KafkaEventLog, _ prefix: String) async throws {
        var runs = TopicSpecification(topic: Topic("\(prefix).runs"), partitions: 2, retentionAge: .seconds(3_600))
        var letters = TopicSpecification(topic: Topic("\(prefix).letters"), partitions: 1, isCompacted: true)
        #expect(try await log.plan([runs, letters]).missing == [runs, letters])
        for topic in [runs, letters] { try await log.createTopic(topic) }
        #expect(try await log.plan([runs, letters]).differences == [])

        runs.partitions = 3
        runs.retentionAge = .seconds(60)
        letters.retentionAge = .seconds(7_200)
        let plan = try await log.plan([runs, letters])
        #expect(plan.differences.map(\.aspect) == ["partitions", "retention-age", "retention-age"])
        #expect(plan.unseen == [])
        try await log.createTopic(runs)
        for topic in [runs, letters] {
            try await log.setRetention(of: topic.topic, age: topic.retentionAge, bytesMax: topic.retentionBytesMax)
        }
        // Both are as declared: the compacted one lets go of what is old and stays compacted.
        #expect(try await log.plan([runs, letters]).differences == [])
        let other = TopicSpecification(topic: letters.topic, partitions: 1)
        #expect(try await log.plan([other]).differences.map(\.aspect) == ["compaction", "retention-age"])
    }

    private static let policies: [(policy: String?, isCompacted: Bool, age: Duration?)] = [
        ("compact", true, nil), ("delete", false, .seconds(1)), ("compact,delete", true, .seconds(1)),
        ("compact, delete", true, .seconds(1)), (nil, false, .seconds(1)),
    ]

    @Test(arguments: Self.policies)
    func whereNothingIsDeletedThereIsNoRetention(policy: String?, isCompacted: Bool, age: Duration?) {
        var values = ["retention.ms": "1000", "retention.bytes": "-1"]
        values["cleanup.policy"] = policy
        let settings = KafkaAdmin.TopicSettings(values)
        #expect(settings.isCompacted == isCompacted)
        #expect(settings.retentionAge == age)
        #expect(settings.retentionBytesMax == nil)
    }

    @Test func furtherSettingsOverruleWhatIsOnlySupposed() {
        var configuration = KafkaEventLogConfiguration(brokers: "b:1")
        configuration.properties = ["reconnect.backoff.max.ms": "9000", "enable.idempotence": "false"]
        let values = KafkaSettings.producer(configuration).values
        #expect(values["reconnect.backoff.max.ms"] == "9000")
        #expect(values["reconnect.backoff.ms"] == "100")
        #expect(values["enable.idempotence"] == "true")
    }

    @Test func aMissingRightIsToldFromABrokerThatIsDown() {
        let forbidden = EventLogError(kafka: RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, "topic 'a' cannot be made")
        #expect(forbidden.isForbidden)
        #expect(forbidden.message.contains("give the principal the right to the topic"))
        #expect(!EventLogError(kafka: RD_KAFKA_RESP_ERR__TRANSPORT, "topic 'a' cannot be made").isForbidden)
    }
}
