/// Where the brokers are, and the bounds that the client works within.
public struct KafkaEventLogConfiguration: Sendable {
    /// `HOST:PORT` of brokers to ask first, with commas between.
    public var brokers: String
    /// What topics and groups begin with, without the dot: others on the cluster are never looked at.
    public var prefix = "portarium"
    /// How the client is called in the brokers' logs and quotas.
    public var clientID = "portarium"
    /// A name of this replica that stays the same over restarts (`group.instance.id`): a restart within
    /// ``sessionTimeoutMilliseconds`` moves no partition. nil: every start is a new member.
    public var instanceID: String?
    public var security = KafkaSecurity()

    /// Bytes of one record, `1024...1000000000`; not more than the brokers' `message.max.bytes`.
    public var recordBytesMax = 1_048_576
    /// Records that wait for their acknowledgement, `1...10000000`; more are refused.
    public var queueRecordsMax = 100_000
    /// Their bytes, `65536...2147483647000`; more are refused.
    public var queueBytesMax = 64 << 20
    /// How long records gather to a batch, in milliseconds, `0...900000`. What comes while other appends are under way
    /// gathers by itself.
    public var lingerMilliseconds = 0
    public var compression = KafkaCompression.lz4
    /// How long an append may take, with all retries, in milliseconds, `1000...2147483`.
    public var deliveryTimeoutMilliseconds = 30_000

    /// Clients that read beside the tails, for catching up, replays and searches, `1...64`. Each holds
    /// ``prefetchBytesMax`` at most for a partition that it reads.
    public var readersMax = 8
    /// Bytes that are fetched ahead for one partition, as they are compressed, `1024...2147483647`. In memory they take
    /// several times as much, and one answer of a broker more. Their sum over the partitions that are read
    /// at the same time is what fetching takes of memory.
    public var prefetchBytesMax = 128 << 10
    /// Bytes of one answer of a broker, as they are compressed, `1024...2147483135`; ``recordBytesMax`` where
    /// that is more. Some brokers fill it from one partition.
    public var fetchBytesMax = 1 << 20

    /// How long a replica may be unheard of before its partitions go to others, in milliseconds, `1000...3600000`.
    public var sessionTimeoutMilliseconds = 10_000
    /// How long one request to a broker may take, in milliseconds, `100...300000`.
    public var requestTimeoutMilliseconds = 10_000
    /// Further settings of librdkafka by their own names, for what is not named here; they cannot change what the
    /// promises rest on (``reservedProperties``).
    public var properties: [String: String] = [:]

    /// Settings of librdkafka that ``properties`` may not name.
    public static let reservedProperties: Set<String> = [
        "acks", "request.required.acks", "enable.idempotence", "enable.auto.commit", "enable.auto.offset.store",
        "auto.offset.reset", "isolation.level", "partition.assignment.strategy", "allow.auto.create.topics",
        "enable.partition.eof", "transactional.id", "group.id", "max.in.flight", "bootstrap.servers",
        "metadata.broker.list",
    ]

    public init(brokers: String) { self.brokers = brokers }
}
