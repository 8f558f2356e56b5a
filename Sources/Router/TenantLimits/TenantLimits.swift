/// The limits that are in force for a tenant. A value of 0 is no limit, see ``TenantLimit``.
public struct TenantLimits: Sendable, Hashable {
    private var values: [TenantLimit: Int]

    /// No limits, and one share.
    public init() { self.values = [:] }

    /// One of them; outside its range it is brought into it.
    public subscript(_ limit: TenantLimit) -> Int {
        get { self.values[limit] ?? limit.range.lowerBound }
        set { self.values[limit] = min(max(newValue, limit.range.lowerBound), limit.range.upperBound) }
    }

    /// The same with what is set for one tenant alone.
    public func overridden(by overrides: [TenantLimit: Int]) -> TenantLimits {
        var limits = self
        for (limit, value) in overrides { limits[limit] = value }
        return limits
    }

    /// How many there may be; nil: as many as one likes.
    public func cap(_ limit: TenantLimit) -> Int? { self[limit] > 0 ? self[limit] : nil }
}
