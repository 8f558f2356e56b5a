import EventLog
import Subscriptions

/// A replay as the compacted replays topic has it.
struct StoredReplay: Codable, Sendable {
    /// One partition's part of the range.
    struct Range: Codable, Sendable {
        var topic: String
        var partition: Int32
        var from: Int64
        var to: Int64

        var topicPartition: TopicPartition { TopicPartition(Topic(self.topic), Partition(self.partition)) }
    }

    var id: String
    var tenant: String
    var generation: String
    var subscription: String?
    var sink: String?
    var topics: [String]
    var fromMilliseconds: Int64?
    var toMilliseconds: Int64?
    var correlationID: String?
    var filters: [Filter]
    var ratePerSecond: Double?
    var ranges: [Range]
    var status: ReplayView.Status
    var matched: Int64 = 0
    var delivered: Int64 = 0
    var failed: Int64 = 0
    var createdAt: Int64
    var finishedAt: Int64?
    var error: String?

    /// Under which id the delivery machine knows it; no subscription can have such a name.
    var machineID: SubscriptionID { SubscriptionID(tenant: self.tenant, name: "replay:\(self.id)") }
    var key: String { "\(self.tenant)/\(self.id)" }
    var isEnded: Bool { self.status == .done || self.status == .cancelled || self.status == .failed }

    init(_ request: ReplayRequest, ranges: [Range]) {
        self.id = "\(String(DispatchClock.wall.milliseconds, radix: 36))-\(RandomName.make(8))"
        self.tenant = request.tenant
        self.generation = RandomName.make(8)
        switch request.target {
        case .subscription(let name): self.subscription = name
        case .sink(let sink): self.sink = sink
        }
        self.topics = request.topics.map(\.name)
        self.fromMilliseconds = request.from?.milliseconds
        self.toMilliseconds = request.to?.milliseconds
        self.correlationID = request.correlationID
        self.filters = request.filters
        self.ratePerSecond = request.ratePerSecond
        self.ranges = ranges
        self.status = .counting
        self.createdAt = DispatchClock.wall.milliseconds
    }

    var request: ReplayRequest {
        ReplayRequest(
            tenant: self.tenant, target: self.subscription.map { .subscription($0) } ?? .sink(self.sink ?? ""),
            topics: self.topics.map { Topic($0) }, from: self.fromMilliseconds.map { Timestamp(milliseconds: $0) },
            to: self.toMilliseconds.map { Timestamp(milliseconds: $0) }, correlationID: self.correlationID,
            filters: self.filters, ratePerSecond: self.ratePerSecond)
    }
}
