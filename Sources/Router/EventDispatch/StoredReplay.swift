import EventLog
import Subscriptions

/// A replay as the compacted replays topic has it.
struct StoredReplay: Codable, Sendable {
    /// One partition's part of the range.
    struct Range: Codable, Sendable, Hashable {
        var topic: String
        var partition: Int32
        var from: Int64
        var to: Int64

        var topicPartition: TopicPartition { TopicPartition(Topic(self.topic), Partition(self.partition)) }
    }

    private enum CodingKeys: String, CodingKey {
        case id, tenant, generation, subscription, subscriptionGeneration, sink, topics, fromMilliseconds
        case toMilliseconds, offsets, correlationID, filters, ratePerSecond, ranges, status, isCounted, matched
        case delivered, failed, createdAt, finishedAt, error, revision
    }

    var id: String
    var tenant: String
    var generation: String
    var subscription: String?
    /// Which of the subscriptions of that name it was made for: an heir of the name is another.
    var subscriptionGeneration: String?
    var sink: String?
    var topics: [String]
    var fromMilliseconds: Int64?
    var toMilliseconds: Int64?
    /// What was asked for; absent in what older routers stored.
    var offsets: [Range]?
    var correlationID: String?
    var filters: [Filter]
    var ratePerSecond: Double?
    var ranges: [Range]
    var status: ReplayView.Status
    /// Whether `matched` is known; absent in what older routers stored.
    var isCounted: Bool?
    var matched: Int64 = 0
    var delivered: Int64 = 0
    var failed: Int64 = 0
    var createdAt: Int64
    var finishedAt: Int64?
    var error: String?
    /// Grows with every change on a log that several processes share, and tells which of two changes that knew nothing
    /// of each other counts: the first. Absent elsewhere.
    var revision: Int?
    /// What is stored cannot be read: this stands for it. Never stored itself.
    var isUnreadable = false

    /// Under which id the delivery machine knows it; no subscription can have such a name.
    var machineID: SubscriptionID { self.key.machineID }
    var key: ReplayKey { ReplayKey(tenant: self.tenant, id: self.id) }
    var isEnded: Bool { self.status == .done || self.status == .cancelled || self.status == .failed }
    /// Whether it has to be counted before it can be sent.
    var needsCount: Bool { !(self.isCounted ?? (self.status != .counting)) }

    init(_ request: ReplayRequest, ranges: [Range], subscriptionGeneration: String?) {
        self.id = "\(String(DispatchClock.wall.milliseconds, radix: 36))-\(RandomName.make(8))"
        self.tenant = request.tenant
        self.generation = RandomName.make(8)
        switch request.target {
        case .subscription(let name): self.subscription = name
        case .sink(let sink): self.sink = sink
        }
        self.subscriptionGeneration = subscriptionGeneration
        self.topics = request.topics.map(\.name)
        self.fromMilliseconds = request.from?.milliseconds
        self.toMilliseconds = request.to?.milliseconds
        self.offsets = request.offsets.map {
            Range(
                topic: $0.topicPartition.topic.name, partition: $0.topicPartition.partition.value, from: $0.from.value,
                to: $0.to.value)
        }
        self.correlationID = request.correlationID
        self.filters = request.filters
        self.ratePerSecond = request.ratePerSecond
        self.ranges = ranges
        self.status = .counting
        self.isCounted = false
        self.createdAt = DispatchClock.wall.milliseconds
    }

    /// Stands for a replay whose stored form cannot be read: it sends nothing, and can be cancelled only.
    init(unreadable key: ReplayKey, error: String, generation: String) {
        self.id = key.id
        self.tenant = key.tenant
        self.generation = generation
        self.sink = "http://unreadable.invalid/"
        self.topics = []
        self.filters = []
        self.ranges = []
        self.status = .paused
        self.createdAt = 0
        self.error = error
        self.isUnreadable = true
    }

    var request: ReplayRequest {
        ReplayRequest(
            tenant: self.tenant, target: self.subscription.map { .subscription($0) } ?? .sink(self.sink ?? ""),
            topics: self.topics.map { Topic($0) }, from: self.fromMilliseconds.map { Timestamp(milliseconds: $0) },
            to: self.toMilliseconds.map { Timestamp(milliseconds: $0) },
            offsets: (self.offsets ?? []).map {
                ReplayRequest.OffsetRange(
                    topicPartition: $0.topicPartition, from: Offset($0.from), to: Offset($0.to))
            },
            correlationID: self.correlationID, filters: self.filters, ratePerSecond: self.ratePerSecond)
    }
}
