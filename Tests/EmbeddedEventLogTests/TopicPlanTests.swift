import EventLog
import Testing

/// What differs between topics as declared and as they are, and what can be done about it.
struct TopicPlanTests {
    private let runs = TopicSpecification(
        topic: Topic("p.runs"), partitions: 8, replicas: 3, retentionAge: .seconds(604_800), retentionBytesMax: 4_096)
    private let catalog = TopicSpecification(topic: Topic("p.subscriptions"), partitions: 1, isCompacted: true)

    private func differences(
        _ declared: TopicSpecification, _ change: (inout TopicSpecification) -> Void
    ) -> [TopicDifference] {
        var existing = declared
        change(&existing)
        return TopicPlan(declared: [declared], existing: [existing]).differences
    }

    @Test func topicsAsDeclaredDifferInNothing() {
        let other = TopicSpecification(topic: Topic("p.other"), partitions: 3)
        let plan = TopicPlan(declared: [self.runs, self.catalog], existing: [other, self.catalog, self.runs])
        #expect(plan.differences.isEmpty)
        #expect(plan.missing.isEmpty)
    }

    @Test func missingTopicsAreMadeInTheOrderOfTheDeclaration() {
        let plan = TopicPlan(declared: [self.runs, self.catalog], existing: [])
        #expect(plan.missing == [self.runs, self.catalog])
        #expect(plan.differences.map(\.isApplicable) == [true, true])
        #expect(
            plan.differences.map(\.sentence) == [
                "make it: 8 partitions, 3 replicas, kept for 7 days, 4096 bytes at most of a partition",
                "make it: 1 partition, compacted",
            ])
    }

    @Test func addingPartitionsSaysThatTheOrderOfAKeyCanBreak() {
        let differences = self.differences(self.runs) { $0.partitions = 6 }
        #expect(differences == [.partitionsToAdd(Topic("p.runs"), existing: 6, declared: 8)])
        #expect(differences.map(\.isApplicable) == [true])
        #expect(differences.first?.sentence.hasPrefix("add 2 to its 6 partitions: ") == true)
        #expect(differences.first?.sentence.contains("the order of a key can break") == true)
    }

    @Test func partitionsAreNeverTakenAway() {
        let differences = self.differences(self.runs) { $0.partitions = 9 }
        #expect(differences == [.partitionsToKeep(Topic("p.runs"), existing: 9, declared: 8)])
        #expect(!differences.map(\.isApplicable).contains(true))
        #expect(differences.first?.sentence.contains("cannot be taken away, declare 9") == true)
    }

    @Test func aCompactedTopicKeepsItsPartitions() {
        var declared = self.catalog
        declared.partitions = 2
        let differences = TopicPlan(declared: [declared], existing: [self.catalog]).differences
        #expect(differences == [.partitionsToKeep(Topic("p.subscriptions"), existing: 1, declared: 2)])
        #expect(differences.first?.sentence.contains("must stay in the key's partition") == true)
    }

    @Test func retentionCanBeSet() {
        let differences = self.differences(self.runs) { existing in
            existing.retentionAge = .seconds(5_400)
            existing.retentionBytesMax = nil
        }
        #expect(differences.map(\.isApplicable) == [true, true])
        #expect(
            differences.map(\.sentence) == [
                "keep records for 7 days instead of for 90 minutes",
                "keep 4096 bytes at most of a partition instead of any number of bytes",
            ])
    }

    @Test func whatShouldBeKeptForEverIsNotLeftToRetention() {
        let differences = self.differences(self.catalog) { $0.retentionAge = .milliseconds(1_500) }
        #expect(differences.map(\.sentence) == ["keep records for ever instead of for 1500 milliseconds"])
    }

    @Test func compactionIsNeverChanged() {
        let differences =
            self.differences(self.catalog) { $0.isCompacted = false }
            + self.differences(self.runs) { $0.isCompacted = true }
        #expect(
            differences == [
                .compaction(Topic("p.subscriptions"), declared: true), .compaction(Topic("p.runs"), declared: false),
            ])
        #expect(!differences.map(\.isApplicable).contains(true))
        #expect(differences.map(\.sentence).map { $0.hasSuffix("set cleanup.policy=compact") } == [true, false])
    }

    @Test func replicasAreComparedWhereBothSidesNameThem() {
        let differences = self.differences(self.runs) { $0.replicas = 1 }
        #expect(differences == [.replicas(Topic("p.runs"), existing: 1, declared: 3)])
        #expect(!differences.map(\.isApplicable).contains(true))
        #expect(differences.first?.sentence.hasPrefix("it is kept by 1 broker, 3 declared") == true)
        #expect(self.differences(self.runs) { $0.replicas = nil }.isEmpty)
        #expect(self.differences(self.catalog) { $0.replicas = 2 }.isEmpty)
    }

    @Test func everyDifferenceOfATopicIsNamed() {
        let differences = self.differences(self.runs) { existing in
            existing = TopicSpecification(topic: existing.topic, partitions: 1, replicas: 1, isCompacted: true)
        }
        #expect(
            differences.map(\.aspect) == ["partitions", "compaction", "retention-age", "retention-bytes", "replicas"])
        #expect(Set(differences.map(\.topic)) == [self.runs.topic])
    }

    @Test func ofTopicsWhoseSettingsCannotBeSeenOnlyPartitionsAndReplicasAreCompared() {
        let found = TopicSpecification(topic: self.runs.topic, partitions: 4, replicas: 1)
        let plan = TopicPlan(
            declared: [self.runs, self.catalog], existing: [found], unseen: [self.runs.topic, self.catalog.topic])
        #expect(plan.differences.map(\.aspect) == ["partitions", "replicas", "missing"])
        #expect(plan.unseen == [self.runs.topic])
    }
}
