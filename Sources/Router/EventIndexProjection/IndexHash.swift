/// What stands for a header's name, its value and the tenant.
struct IndexHash: Sendable, Hashable, Comparable {
    /// What entries are ordered and looked up by.
    var first: UInt64
    var second: UInt64

    @inline(__always)
    static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.first != rhs.first ? lhs.first < rhs.first : lhs.second < rhs.second
    }
}
