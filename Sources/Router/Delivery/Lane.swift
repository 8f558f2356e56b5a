import DequeModule

/// The ordered unit of delivery: events of one subscription with one ordering key, in one partition.
struct Lane: Sendable {
    /// One event that waits for its turn.
    struct Pending: Sendable {
        let event: DeliverableEvent
        /// Attempts made.
        var attempts = 0
        /// When the first one began, in machine milliseconds.
        var firstAttemptAt: Int64 = 0
    }

    enum State: Sendable, Hashable {
        /// The head may be sent. → `sending`.
        case ready
        /// This many from the head are at the sink, with this attempt. → `ready`, `waiting`, `deadLettering`.
        case sending(Int, attempt: UInt64)
        /// The head failed and waits for its time. → `ready`.
        case waiting(untilMilliseconds: Int64)
        /// The head is given up, and its dead letter is being written. → `ready`.
        case deadLettering(write: UInt64)
    }

    /// Index of the partition in the machine.
    let tail: Int
    var pending: Deque<Pending> = []
    var state: State = .ready
    /// A batch with this lane was rejected: its events are tried one by one.
    var sendsSingly = false

    /// How many from the head must stay in memory: those in flight, and those whose attempts count.
    var pinned: Int {
        switch self.state {
        case .sending(let count, _): max(count, self.attempted)
        case .deadLettering: max(1, self.attempted)
        case .ready, .waiting: self.attempted
        }
    }

    private var attempted: Int {
        var count = 0
        while count < self.pending.count, self.pending[count].attempts > 0 { count += 1 }
        return count
    }
}
