import DequeModule
import EventLog
import HeapModule
import Subscriptions

/// Decides everything about delivery: what is sent when, what is read, what is settled, what may be committed.
///
/// A value without I/O, clock or logger. The shell feeds it with what happened (times in milliseconds of a clock that
/// does not go backwards), takes the ``DeliveryEffect``s with ``takeEffects()`` and carries them out. The same seed and
/// the same calls give the same effects.
///
/// Promises, kept by every call: first deliveries of one (subscription, ordering key) go out in the order of their
/// offsets; an event is settled only when it was delivered or its dead letter is written;
/// what is held is bounded by ``DeliveryLimits``.
public struct DeliveryStateMachine: Sendable {
    struct Tail: Sendable {
        let topicPartition: TopicPartition
        /// The next offset that the tail reads.
        var position: Int64
        /// What is durably committed for all attached subscriptions together.
        var committed: Int64
        /// What may be committed although the answer was a failure; never below `committed`.
        var committedMax: Int64
        /// Subscriptions with a cursor of their own here.
        var slots: Set<Int> = []
        var phase = Phase.assigned
        /// Tells this assignment of the partition from earlier ones: what was begun under those changes nothing.
        let assignment: UInt64

        enum Phase: Sendable {
            /// It is read, and sent for.
            case assigned
            /// What is in flight may report, and is committed.
            case revoking
            case gone
        }

        var isAssigned: Bool { self.phase == .assigned }
    }

    struct Flight: Sendable {
        let slot: Int
        let incarnation: UInt64
        let tenant: Int
        let destination: Int
        let isProbe: Bool
        /// Which lanes, and how many events from the head of each.
        let lanes: [(key: LaneKey, count: Int)]
    }

    struct DestinationState: Sendable {
        let key: DestinationKey
        /// What it shares with the destinations of other tenants.
        let host: Int
        var circuit: Circuit
        /// Subscriptions that send there.
        var users = 0
        var inFlight = 0
        var isProbing = false
        var waiting = SlotQueue()
        var timerAt: Int64?
    }

    /// Where destinations of several tenants may lie: a scheme, host and port.
    struct HostState: Sendable {
        let origin: String
        /// Destinations there.
        var users = 0
        var inFlight = 0
        var rate: SendRate?
        /// Destinations that wait for their turn there.
        var waiting = SlotQueue()
        var timerAt: Int64?
    }

    struct DestinationKey: Hashable, Sendable {
        let tenant: String
        let origin: String
    }

    struct TenantState: Sendable {
        let name: String
        var inFlight = 0
        var ring: Deque<Int> = []
        var isQueued = false
        var weight = 1
        /// nil: as of all tenants.
        var inFlightMax: Int?
        var heldBytes = 0
        /// What is left of a turn that ended only because no more may be in flight; 0: the next turn is a whole one.
        var credit = 0
    }

    struct Timer: Sendable, Comparable {
        enum Kind: Sendable {
            case lane(slot: Int, incarnation: UInt64, key: LaneKey)
            case wake(slot: Int, incarnation: UInt64)
            case destination(Int)
            case host(Int)
            case refetch(slot: Int, incarnation: UInt64, tail: Int)
            case deadLetter(UInt64)
            /// Memory is looked for again.
            case victimSearch
        }

        let at: Int64
        let sequence: UInt64
        let kind: Kind

        static func < (lhs: Self, rhs: Self) -> Bool { (lhs.at, lhs.sequence) < (rhs.at, rhs.sequence) }
        static func == (lhs: Self, rhs: Self) -> Bool { (lhs.at, lhs.sequence) == (rhs.at, rhs.sequence) }
    }

    /// Memory was looked for, and not enough of it was given up.
    struct FailedSearch: Sendable {
        /// What the tenant that it was for holds, for each share of its weight.
        let burden: Int
        /// For tenants that hold as much it is not looked again before.
        let until: Int64
    }

    struct DeadLettering: Sendable {
        let slot: Int
        let incarnation: UInt64
        let key: LaneKey
        let write: DeadLetterWrite
    }

    public let limits: DeliveryLimits
    var tails: [Tail] = []
    var tailIndexes: [TopicPartition: Int] = [:]
    var subscriptions: [SubscriptionState] = []
    var slots: [SubscriptionID: Int] = [:]
    var freeSlots: [Int] = []
    var destinations: [DestinationState] = []
    var destinationIndexes: [DestinationKey: Int] = [:]
    var freeDestinations: [Int] = []
    var hosts: [HostState] = []
    var hostIndexes: [String: Int] = [:]
    var freeHosts: [Int] = []
    /// Hosts that others wait for while somebody was given a turn there.
    var hostsToOffer = SlotQueue()
    var tenants: [TenantState] = []
    var tenantIndexes: [String: Int] = [:]
    var tenantRing: Deque<Int> = []
    /// Tenants whose turn it was while places were scarce.
    var heldBack: Deque<Int> = []
    var flights: [UInt64: Flight] = [:]
    var deadLetterings: [UInt64: DeadLettering] = [:]
    var timers: Heap<Timer> = []
    /// So many timers are kept before those that nobody waits for any more are swept out.
    var timersMax = Self.timersMaxMin
    /// Subscriptions with detached cursors that want to be read for.
    var hungrySlots = FairQueue()
    var fetchesInFlight = 0
    var heldBytes = 0
    var reservedBytes = 0
    var failedSearch: FailedSearch?
    var isSending = true
    var isCommitPlanned = false
    /// Where the tails stood when each hold began, see ``holdTails()``.
    var tailHolds: [UInt64: [Int64]] = [:]
    var sequence: UInt64 = 0
    var random: SplitMix64
    private var effects: [DeliveryEffect] = []

    /// - Parameter seed: of the jitter.
    public init(limits: DeliveryLimits = DeliveryLimits(), seed: UInt64) {
        self.limits = limits
        self.random = SplitMix64(state: seed)
    }

    /// What the machine wants done since the last call, in order.
    public mutating func takeEffects() -> [DeliveryEffect] {
        guard !self.effects.isEmpty else { return [] }
        defer { self.effects.removeAll(keepingCapacity: true) }
        return self.effects
    }

    /// When ``advance(now:)`` has something to do, in machine milliseconds; nil: not before something else happens.
    public var nextDeadline: Int64? { self.timers.min?.at }

    /// Lets time pass: due retries, circuits and waits.
    public mutating func advance(now: Int64) {
        while let timer = self.timers.min, timer.at <= now {
            self.timers.removeMin()
            self.fire(timer.kind, now: now)
        }
        self.pump(now: now)
    }

    /// Nothing more is sent or read; what is in flight still reports. For a drain before the process ends.
    public mutating func stopSending() { self.isSending = false }

    mutating func emit(_ effect: DeliveryEffect) { self.effects.append(effect) }

    mutating func nextID() -> UInt64 {
        self.sequence += 1
        return self.sequence
    }

    mutating func schedule(_ kind: Timer.Kind, at time: Int64) {
        if self.timers.count >= self.timersMax { self.sweepTimers() }
        self.timers.insert(Timer(at: time, sequence: self.nextID(), kind: kind))
    }

    /// Whether the slot is still used by the subscription it was used by.
    func isCurrent(_ slot: Int, _ incarnation: UInt64) -> Bool {
        self.subscriptions[slot].incarnation == incarnation && !self.subscriptions[slot].isRemoved
    }
}
