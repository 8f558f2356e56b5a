extension SimulatedWorld {
    /// What a schedule came to, so that a kit that exercises nothing is seen.
    public struct Statistics: Sendable, Hashable {
        public var sends = 0
        public var delivered = 0
        public var deadLettered = 0
        public var crashes = 0
        public var redelivered = 0
        public var detachedSeen = 0
        public var replaysCompleted = 0
        public var rangesLost = 0
        public var revokes = 0
        public var losses = 0
        public var redriven = 0
        public var suspensions = 0
        public var probes = 0
        public var cursorsCut = 0
        public var pressureSeen = 0
        public var partitionsAdded = 0
        public var changesLost = 0
        /// Grows with every attempt by what it is: two lives with the same digest were the same.
        public var digest: UInt64 = 0

        public init() {}

        /// Adds up two lives.
        public static func += (sum: inout Self, other: Self) {
            sum.sends += other.sends
            sum.delivered += other.delivered
            sum.deadLettered += other.deadLettered
            sum.crashes += other.crashes
            sum.redelivered += other.redelivered
            sum.detachedSeen += other.detachedSeen
            sum.replaysCompleted += other.replaysCompleted
            sum.rangesLost += other.rangesLost
            sum.revokes += other.revokes
            sum.losses += other.losses
            sum.redriven += other.redriven
            sum.suspensions += other.suspensions
            sum.probes += other.probes
            sum.cursorsCut += other.cursorsCut
            sum.pressureSeen += other.pressureSeen
            sum.partitionsAdded += other.partitionsAdded
            sum.changesLost += other.changesLost
            sum.digest = sum.digest &* 31 &+ other.digest
        }
    }
}
