import DequeModule
import Subscriptions

/// Everything the machine knows of one subscription.
struct SubscriptionState: Sendable {
    /// Its place in one partition.
    struct Cursor: Sendable {
        enum Durable: Sendable, Hashable {
            /// Nothing was committed: the tail's own commit stands for it.
            case none
            case attached
            case detached
            /// A commit failed, and may yet have become durable: either of the two.
            case unknown

            /// Whether a restart may find the subscription detached.
            var mayBeDetached: Bool { self == .detached || self == .unknown }
        }

        enum Fetch: Sendable, Hashable {
            case idle
            case queued
            case inFlight
            case waiting
        }

        var tracker: OffsetTracker
        /// Of unsettled events that are not in memory: those that were tried.
        var tried: [Int64: Lane.Tried] = [:]
        var isDetached: Bool
        var durable: Durable
        /// Grows with every change that a commit has to tell.
        var version: UInt64 = 1
        var committedVersion: UInt64 = 0
        var fetch: Fetch = .idle
        /// Results of reads begun under an older epoch are ignored.
        var epoch: UInt64
        /// A replay's end, exclusive.
        var until: Int64?
        var delivered: Int64 = 0
        var deadLettered: Int64 = 0

        /// Settles offsets to be read again that lie below `limit` because the log no longer has them. Gives how many.
        mutating func forgetUnloaded(below limit: Int64) -> Int64 {
            if !self.tried.isEmpty { self.tried = self.tried.filter { $0.key >= limit } }
            return self.tracker.forgetUnloaded(below: limit)
        }
    }

    var specification: DeliverySpecification
    var tenant: Int
    var destination: Int
    /// Tells this use of the slot from others.
    var incarnation: UInt64
    var isRemoved = false
    var cursors: [Int: Cursor] = [:]
    var lanes: [LaneKey: Lane] = [:]
    var ready: Deque<LaneKey> = []
    var isQueued = false
    var isWaitingForDestination = false
    var wakeAt: Int64?
    var inFlight = 0
    var heldEvents = 0
    var heldBytes = 0
    var rate: SendRate?
    /// The sink asked for silence until then.
    var holdUntil: Int64 = .min
    /// When the first event of the batch that is being gathered became ready.
    var batchSince: Int64?
    /// When the first of the failures in a row was.
    var failingSince: Int64?
    /// How many they are, and when the last one was.
    var failures = 0
    var lastFailureAt: Int64 = 0
    var lastError: String?
    var lostOffsets: Int64 = 0
    /// Detached cursors that want to be read for when there is room.
    var hungry: Deque<Int> = []
    var nextUnorderedKey: UInt64 = 0
    var isCompleted = false

    init(specification: DeliverySpecification, tenant: Int, destination: Int, incarnation: UInt64) {
        self.specification = specification
        self.tenant = tenant
        self.destination = destination
        self.incarnation = incarnation
        self.rate = specification.config.rateLimitPerSecond.map { SendRate(perSecond: $0) }
    }

    var isActive: Bool { !self.isRemoved && self.specification.status == .active }

    mutating func laneKey(of event: DeliverableEvent, tail: Int) -> LaneKey {
        guard self.specification.config.ordering == .key else {
            self.nextUnorderedKey += 1
            return LaneKey(tail: tail, hash: self.nextUnorderedKey)
        }
        return LaneKey(tail: tail, hash: event.keyHash)
    }
}
