import TenantLimits

/// What a tenant uses of what it may. Rates and deliveries in flight are those of the process that is asked.
public struct TenantUsage: Sendable, Hashable {
    /// Something that comes in.
    public struct Rate: Sendable, Hashable {
        /// A second, averaged over the last ten seconds.
        public var perSecond: Double
        /// What could come at once now; nil where there is no limit.
        public var available: Int?
        /// Since the process began, or since the tenant was quiet for longer than ten seconds.
        public var accepted: Int

        public init(perSecond: Double = 0, available: Int? = nil, accepted: Int = 0) {
            self.perSecond = perSecond
            self.available = available
            self.accepted = accepted
        }
    }

    public var tenant: String
    public var events = Rate()
    public var bytes = Rate()
    /// Requests that were refused for a rate, counted as ``Rate/accepted`` is.
    public var throttledRequests = 0
    /// The events of those of them whose body was read.
    public var throttledEvents = 0
    /// How many there are of what is counted.
    public var counts: [TenantLimit: Int] = [:]
    /// What the tenant may.
    public var limits: TenantLimits

    public init(tenant: String, limits: TenantLimits) {
        self.tenant = tenant
        self.limits = limits
    }
}
