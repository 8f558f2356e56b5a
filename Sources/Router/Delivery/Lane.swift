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
        var verdict: Verdict?
    }

    /// No further attempt: the event is given up as soon as it is the head and its wait, if any, is over. Boxed, for
    /// few events have one.
    indirect enum Verdict: Sendable, Hashable {
        case givenUp(DeadLetterReason, AttemptReport)
    }

    /// What is remembered of an event that was tried and then left memory: with it the retries go on where they were.
    struct Tried: Sendable {
        var attempts: Int
        var firstAttemptAt: Int64
        /// No attempt before, in machine milliseconds.
        var dueAt: Int64
        var verdict: Verdict?
        /// It is not to be tried in a batch again.
        var isSingle = false
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
    /// So many from the head were in a batch that was rejected: they are tried one by one.
    var singles = 0

    var sendsSingly: Bool { self.singles > 0 }

    /// How many from the head must stay in memory: those that somebody is about to report on.
    var pinned: Int {
        switch self.state {
        case .sending(let count, _): count
        case .deadLettering: 1
        case .ready, .waiting: 0
        }
    }

    /// What to remember of the event at `index` when it leaves memory; nil where it was not tried.
    func tried(_ index: Int) -> Tried? {
        let pending = self.pending[index]
        guard pending.attempts > 0 else { return nil }
        var tried = Tried(
            attempts: pending.attempts, firstAttemptAt: pending.firstAttemptAt, dueAt: .min, verdict: pending.verdict,
            isSingle: index < self.singles)
        if index == 0, case .waiting(let until) = self.state { tried.dueAt = until }
        return tried
    }
}
