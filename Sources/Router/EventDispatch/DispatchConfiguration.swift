import Delivery
import EventLog

/// The bounds and names that the dispatch shell works with.
public struct DispatchConfiguration: Sendable {
    /// Topics that events are routed to and subscriptions are fed from.
    public var eventTopics: [Topic]
    /// What the names of all topics begin with, without the dot: a ``TopicSink`` may leave it out.
    public var topicPrefix = "portarium"
    /// Subscriptions to topics that the log routes by itself, `1...1000`: each takes a thread and two clients.
    public var routesMax = 100
    /// How many of these one tenant may have, `1...1000`.
    public var routesPerTenantMax = 50
    /// Where dead letters lie: one partition, compacted by their ids.
    public var deadLetterTopic = Topic("portarium.dead-letters")
    /// Where redriven dead letters go; each record names the one subscription it is for.
    public var redriveTopic = Topic("portarium.redrives")
    /// The catalog: one partition, compacted by subscription.
    public var subscriptionTopic = Topic("portarium.subscriptions")
    /// The replays: one partition, compacted by replay.
    public var replayTopic = Topic("portarium.replays")
    /// The API keys: one partition, compacted by key.
    public var keyTopic = Topic("portarium.keys")
    /// What is set for single tenants: one partition, compacted by tenant.
    public var tenantLimitTopic = Topic("portarium.tenant-limits")
    /// Where records of event topics go that are no events: one partition.
    public var invalidMessageTopic = Topic("portarium.invalid-messages")
    /// What came of every attempt, for traces.
    public var attemptTopic = Topic("portarium.attempts")
    public var limits = DeliveryLimits()
    /// How often positions are committed, in milliseconds, `10...60000`: a crash repeats at most what settled since.
    public var commitIntervalMilliseconds: Int64 = 500
    /// Records of one tail read, `1...10000`.
    public var tailRecordsMax = 1_000
    /// Bytes of one tail read, `65536...67108864`.
    public var tailBytesMax = 1 << 20
    /// How long a busy tail lets records gather after a small batch before it reads again, in milliseconds, `0...1000`.
    public var tailGatheringMilliseconds: Int64 = 5
    /// How long attempts in flight may take to end when the process is told to, in milliseconds.
    public var drainTimeoutMilliseconds: Int64 = 20_000
    /// How long attempts in flight may take to end when their partition goes to another process, in milliseconds,
    /// `0...300000`; what has not ended by then is sent again there.
    public var revokeTimeoutMilliseconds: Int64 = 10_000
    /// Whether every attempt is recorded for traces.
    public var recordsAttempts = true
    /// How many attempts may wait to be recorded, `100...1000000`; more are dropped and counted.
    public var journalEntriesMax = 50_000
    /// Bytes of attempts that wait to be recorded, `65536...1073741824`; more are dropped and counted.
    public var journalBytesMax = 32 << 20
    /// Subscriptions of one tenant, `1...1000000`.
    public var subscriptionsPerTenantMax = 100_000

    /// Replays of one tenant that have not ended, `1...10000`.
    public var replaysPerTenantMax = 20
    /// Replays that are counted at the same time, of different tenants, `1...64`.
    public var replayCountersMax = 4
    /// How long a replay that has ended is remembered, in milliseconds.
    public var replayRetentionMilliseconds: Int64 = 7 * 86_400_000
    /// Ended replays of one tenant that are remembered, `0...100000`.
    public var endedReplaysPerTenantMax = 1_000
    /// Records that a dry run reads at most.
    public var dryRunRecordsMax: Int64 = 10_000_000
    /// Dry runs of one tenant at the same time.
    public var dryRunsPerTenantMax = 2
    /// Dry runs at the same time in all.
    public var dryRunsMax = 8
    /// The share of a tenant in what is sent while more is due than may be in flight, `1...1000`; 1 where none is
    /// named.
    public var tenantWeights: [String: Int] = [:]
    /// How long a sink that does not allow deliveries is left alone before it is asked again, in milliseconds,
    /// `1000...86400000`.
    public var handshakeIntervalMilliseconds: Int64 = 300_000

    /// The topics of the router's other services; that it names topics of this one too does no harm.
    public var otherServicesTopics: Set<Topic> = []

    public init(eventTopics: [Topic]) {
        self.eventTopics = eventTopics
    }

    /// The router's own topics: no subscription may send to any of them.
    func isOwn(_ topic: Topic) -> Bool {
        switch topic {
        case self.deadLetterTopic, self.invalidMessageTopic, self.redriveTopic, self.subscriptionTopic,
            self.replayTopic, self.attemptTopic, self.keyTopic, self.tenantLimitTopic:
            true
        default: self.otherServicesTopics.contains(topic)
        }
    }

    /// How the router's own topics are kept.
    ///
    /// - Parameters:
    ///   - attemptRetentionAge: how long attempts can be traced.
    ///   - deadLetterRetentionAge: how long dead letters, and invalid messages, are kept; nil: for ever.
    ///   - deadLetterRetentionBytesMax: bytes of dead letters, and of invalid messages, before the oldest go; nil: no
    ///     limit.
    public func internalTopics(
        attemptRetentionAge: Duration?, deadLetterRetentionAge: Duration? = nil,
        deadLetterRetentionBytesMax: Int64? = nil
    ) -> [TopicSpecification] {
        [
            TopicSpecification(
                topic: self.deadLetterTopic, partitions: 1, isCompacted: true, retentionAge: deadLetterRetentionAge,
                retentionBytesMax: deadLetterRetentionBytesMax),
            TopicSpecification(topic: self.subscriptionTopic, partitions: 1, isCompacted: true),
            TopicSpecification(topic: self.replayTopic, partitions: 1, isCompacted: true),
            TopicSpecification(topic: self.keyTopic, partitions: 1, isCompacted: true),
            TopicSpecification(topic: self.tenantLimitTopic, partitions: 1, isCompacted: true),
            TopicSpecification(topic: self.redriveTopic, partitions: 4, retentionAge: attemptRetentionAge),
            TopicSpecification(topic: self.attemptTopic, partitions: 1, retentionAge: attemptRetentionAge),
            TopicSpecification(
                topic: self.invalidMessageTopic, partitions: 1, retentionAge: deadLetterRetentionAge,
                retentionBytesMax: deadLetterRetentionBytesMax),
        ]
    }
}
