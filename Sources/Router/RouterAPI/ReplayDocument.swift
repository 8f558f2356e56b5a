import CloudEvents
import EventDispatch
import EventLog
import HTTPServing
import NetworkGuard
import Subscriptions

/// The body of `POST /v1/replays`.
///
/// A member that it does not have is refused: a misspelt `dryRun` or `to` must not become a replay of everything.
struct ReplayDocument: Decodable {
    /// Topics at most.
    static let topicsMax = 100
    /// Ranges of offsets at most.
    static let rangesMax = 1_000
    /// Events a second, at least and at most.
    static let rateBounds = 0.001...1_000_000.0

    /// One member of `offsets`.
    private struct Range: Decodable {
        let topic: String
        let partition: Int32
        let from: Int64
        let to: Int64

        init(from decoder: any Decoder) throws {
            let members = try decoder.strictMembers(["topic", "partition", "from", "to"])
            self.topic = try members.decode(String.self, forKey: StrictMember("topic"))
            self.partition = try members.number(Int32.self, forKey: StrictMember("partition"))
            self.from = try members.number(Int64.self, forKey: StrictMember("from"))
            self.to = try members.number(Int64.self, forKey: StrictMember("to"))
        }
    }

    private let subscription: String?
    private let sink: String?
    private let topics: [String]
    private let from: String?
    private let to: String?
    private let offsets: [Range]
    private let correlationID: String?
    private let filters: [Filter]
    private let ratePerSecond: Double?
    private let dryRun: Bool

    init(from decoder: any Decoder) throws {
        let members = try decoder.strictMembers([
            "subscription", "sink", "topics", "from", "to", "offsets", "correlationid", "filters", "ratePerSecond",
            "dryRun",
        ])
        self.subscription = try members.decodeIfPresent(String.self, forKey: StrictMember("subscription"))
        self.sink = try members.decodeIfPresent(String.self, forKey: StrictMember("sink"))
        self.topics = try members.decodeIfPresent([String].self, forKey: StrictMember("topics")) ?? []
        self.from = try members.decodeIfPresent(String.self, forKey: StrictMember("from"))
        self.to = try members.decodeIfPresent(String.self, forKey: StrictMember("to"))
        self.offsets = try members.decodeIfPresent([Range].self, forKey: StrictMember("offsets")) ?? []
        self.correlationID = try members.decodeIfPresent(String.self, forKey: StrictMember("correlationid"))
        self.filters = try members.filtersIfPresent(forKey: StrictMember("filters")) ?? []
        self.ratePerSecond = try members.numberIfPresent(Double.self, forKey: StrictMember("ratePerSecond"))
        self.dryRun = try members.decodeIfPresent(Bool.self, forKey: StrictMember("dryRun")) ?? false
    }

    /// - Throws: 422 with everything that is wrong.
    func request(tenant: String, policy: NetworkPolicy) throws(ProblemError) -> ReplayRequest {
        var faults = FieldFaults()
        let target = self.target(policy, &faults)
        let (from, to) = self.times(&faults)
        if self.topics.count > Self.topicsMax { faults.add("/topics", "must have at most \(Self.topicsMax) topics") }
        let topics = self.topics.enumerated().compactMap { faults.topic("/topics/\($0)", $1) }
        if self.offsets.count > Self.rangesMax { faults.add("/offsets", "must have at most \(Self.rangesMax) ranges") }
        let offsets = self.offsets.enumerated().compactMap { Self.range("/offsets/\($0)", $1, &faults) }
        if self.correlationID?.isEmpty == true { faults.add("/correlationid", "must not be empty") }
        faults.filters("/filters", self.filters)
        if let rate = self.ratePerSecond, !Self.rateBounds.contains(rate) {
            faults.add("/ratePerSecond", "must be 0.001 to 1000000")
        }
        try faults.throwIfAny()
        return ReplayRequest(
            tenant: tenant, target: target, topics: topics, from: from, to: to, offsets: offsets,
            correlationID: self.correlationID, filters: self.filters, ratePerSecond: self.ratePerSecond,
            dryRun: self.dryRun)
    }

    private func target(_ policy: NetworkPolicy, _ faults: inout FieldFaults) -> ReplayRequest.Target {
        switch (self.subscription, self.sink) {
        case (let name?, nil):
            faults.subscriptionName("/subscription", name)
            return .subscription(name)
        case (nil, let url?):
            faults.sink("/sink", url, policy)
            return .sink(url)
        case (_?, _?), (nil, nil):
            faults.add("", "must have exactly one of 'subscription' and 'sink'")
            return .sink("")
        }
    }

    private func times(_ faults: inout FieldFaults) -> (from: Timestamp?, to: Timestamp?) {
        let from = faults.time("/from", self.from)
        let to = faults.time("/to", self.to)
        if let from, let to, from >= to { faults.add("/to", "must be later than 'from'") }
        return (from, to)
    }

    private static func range(
        _ pointer: String, _ range: Range, _ faults: inout FieldFaults
    ) -> ReplayRequest.OffsetRange? {
        let topic = faults.topic("\(pointer)/topic", range.topic)
        if range.partition < 0 { faults.add("\(pointer)/partition", "must be 0 or more") }
        if range.from < 0 { faults.add("\(pointer)/from", "must be 0 or more") }
        if range.to <= range.from { faults.add("\(pointer)/to", "must be more than 'from'") }
        guard let topic else { return nil }
        return ReplayRequest.OffsetRange(
            topicPartition: TopicPartition(topic, Partition(range.partition)), from: Offset(range.from),
            to: Offset(range.to))
    }
}
