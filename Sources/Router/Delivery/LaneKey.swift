/// Which lane an event belongs to: its partition, and the hash of its ordering key.
///
/// Two keys of one partition whose hashes collide share a lane, which costs parallelism, not order. Partitions never
/// share one: each settles in a tracker of its own.
struct LaneKey: Sendable, Hashable, Comparable {
    /// Index of the partition in the machine.
    let tail: Int
    /// Of the ordering key; for unordered subscriptions a number that no other event has.
    let hash: UInt64

    static func < (lhs: Self, rhs: Self) -> Bool { (lhs.tail, lhs.hash) < (rhs.tail, rhs.hash) }
}
