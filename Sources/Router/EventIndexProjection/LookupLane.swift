import EventLog

/// One partition of a search: what is left to be looked at, and what was found there.
struct LookupLane: Sendable {
    /// Where the index helps.
    struct Index: Sendable {
        let store: IndexStore
        let hash: IndexHash
        let progressID: Int64
        /// What lies before is in the index.
        let end: Int64
    }

    let topicPartition: TopicPartition
    var lower: Int64
    /// Everything from here on was looked at.
    var upper: Int64
    var index: Index?
    /// Found and not given yet, oldest first.
    var hits: [IndexFinding.Hit] = []

    init(_ topicPartition: TopicPartition, lower: Int64, upper: Int64) {
        self.topicPartition = topicPartition
        self.lower = lower
        self.upper = max(lower, upper)
    }
}
