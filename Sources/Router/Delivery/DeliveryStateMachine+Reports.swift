import DequeModule
import EventLog
import Subscriptions

extension DeliveryStateMachine {
    /// A subscription is not suspended for failing before so many failures in a row.
    private static let suspensionFailuresMin = 5
    /// After this part of ``DeliveryLimits/suspendAfterMilliseconds`` without a failure they are counted anew: 1 in
    /// this many.
    private static let quietPart: Int64 = 4

    /// Says what came of an attempt.
    /// A report for an attempt that was abandoned frees its place and changes nothing else.
    public mutating func report(_ id: UInt64, _ report: AttemptReport, now: Int64) {
        guard let flight = self.flights.removeValue(forKey: id) else { return }
        self.tenants[flight.tenant].inFlight -= 1
        self.reconsiderHeldBack()
        self.updateDestination(flight, report, now: now)
        // Behind those that waited for the host: else a tenant with more to send there would have every turn.
        self.enqueueTenant(flight.tenant)
        if self.isCurrent(flight.slot, flight.incarnation) {
            self.subscriptions[flight.slot].inFlight -= 1
            self.apply(report, to: flight.slot, self.lanesStillSending(flight, id), now: now)
            self.enqueue(flight.slot)
            self.askAgain(flight.slot)
        }
        self.pump(now: now)
    }

    private mutating func updateDestination(_ flight: Flight, _ report: AttemptReport, now: Int64) {
        let index = flight.destination
        self.destinations[index].inFlight -= 1
        self.hosts[self.destinations[index].host].inFlight -= 1
        if flight.isProbe { self.destinations[index].isProbing = false }
        defer { self.forgetDestinationIfUnused(index) }
        guard report.reachedDestination else { return self.wakeNext(afterDestination: index) }
        if case .retry = report.meaning, report.status != 429 {
            self.destinations[index].circuit.failed(wasProbe: flight.isProbe, now: now)
            if case .open(let until) = self.destinations[index].circuit.state {
                if self.destinations[index].timerAt == nil, !self.destinations[index].waiting.isEmpty {
                    self.destinations[index].timerAt = until
                    self.schedule(.destination(index), at: until)
                }
                self.wakeWaiting(onHost: self.destinations[index].host)
                return
            }
            self.wakeNext(afterDestination: index)
        } else {
            let wasClosed = self.destinations[index].circuit.state == .closed
            self.destinations[index].circuit.succeeded()
            if wasClosed { return self.wakeNext(afterDestination: index) }
            self.wakeWaiting(onDestination: index, all: true)
            self.wakeWaiting(onHost: self.destinations[index].host)
        }
    }

    /// The lanes that still wait for this very attempt: after a revoke and a new assignment they may wait for another.
    private func lanesStillSending(_ flight: Flight, _ id: UInt64) -> [(key: LaneKey, count: Int)] {
        flight.lanes.filter { lane in
            guard case .sending(_, let attempt) = self.subscriptions[flight.slot].lanes[lane.key]?.state else {
                return false
            }
            return attempt == id
        }
    }

    private mutating func apply(
        _ report: AttemptReport, to slot: Int, _ lanes: [(key: LaneKey, count: Int)], now: Int64
    ) {
        switch report.meaning {
        case .delivered:
            self.subscriptions[slot].failingSince = nil
            self.subscriptions[slot].lastError = nil
            for (key, count) in lanes { self.settleHead(slot, key, count: count, isDelivered: true) }
        case .gone:
            self.noteFailure(slot, report, now: now)
            for (key, _) in lanes { self.makeReady(slot, key) }
            self.suspend(slot, reason: "the sink answered 410 Gone")
        case .rejected:
            self.noteFailure(slot, report, now: now)
            let isBatch = lanes.count > 1 || lanes.contains { $0.count > 1 }
            for (key, count) in lanes {
                if isBatch {
                    // One bad event must not condemn its batch: each is tried alone.
                    self.subscriptions[slot].lanes[key]?.singles = count
                    self.makeReady(slot, key)
                } else if self.subscriptions[slot].specification.config.deadLetter {
                    self.giveUp(slot, key, reason: report.rejectionReason, report: report)
                } else {
                    self.retry(slot, key, count: 1, after: nil, report: report, now: now)
                }
            }
        case .retry(let after):
            self.noteFailure(slot, report, now: now)
            if let after { self.subscriptions[slot].holdUntil = max(self.subscriptions[slot].holdUntil, now + after) }
            for (key, count) in lanes {
                self.retry(slot, key, count: count, after: after, report: report, now: now)
            }
            self.suspendIfFailingForLong(slot, now: now)
        }
    }

    /// A failure long after the one before it begins anew: nobody knows how the sink did meanwhile.
    private mutating func noteFailure(_ slot: Int, _ report: AttemptReport, now: Int64) {
        let subscription = self.subscriptions[slot]
        // Longer than what a retry, or its circuit, waits for.
        let ownWait = max(
            subscription.specification.config.retry.delayMaxMilliseconds, self.limits.circuitOpenMillisecondsMax)
        let quietMax = max(self.limits.suspendAfterMilliseconds / Self.quietPart, 2 * ownWait)
        // Silence that the sink has asked for is no pause.
        let last = max(subscription.lastFailureAt, min(subscription.holdUntil, now))
        if subscription.failingSince == nil || now - last > quietMax {
            self.subscriptions[slot].failingSince = now
            self.subscriptions[slot].failures = 0
        }
        self.subscriptions[slot].failures += 1
        self.subscriptions[slot].lastFailureAt = now
        self.subscriptions[slot].lastError = report.error ?? report.status.map { "status \($0)" }
    }

    private mutating func suspendIfFailingForLong(_ slot: Int, now: Int64) {
        guard self.limits.suspendAfterMilliseconds > 0, let since = self.subscriptions[slot].failingSince,
            now - since >= self.limits.suspendAfterMilliseconds,
            self.subscriptions[slot].failures >= Self.suspensionFailuresMin
        else { return }
        self.suspend(slot, reason: "every attempt failed since \((now - since) / 1_000) seconds")
    }

    private mutating func suspend(_ slot: Int, reason: String) {
        guard self.subscriptions[slot].isActive else { return }
        self.subscriptions[slot].specification.status = .suspended
        let specification = self.subscriptions[slot].specification
        self.emit(.suspended(specification.id, generation: specification.generation, reason: reason))
        self.detachEverywhere(slot)
    }

    /// The first `count` of a lane have failed together: the head decides when they are tried again. Those that have no
    /// attempt left are given up one after the other.
    private mutating func retry(
        _ slot: Int, _ key: LaneKey, count: Int, after: Int64?, report: AttemptReport, now: Int64
    ) {
        guard let head = self.subscriptions[slot].lanes[key]?.pending.first else { return }
        let config = self.subscriptions[slot].specification.config
        let random = Double(self.random.next() >> 11) * 0x1p-53
        let decision = RetrySchedule.decide(
            config.retry, deadLetter: config.deadLetter, attempts: head.attempts,
            ageMilliseconds: now - head.firstAttemptAt, retryAfterMilliseconds: after, random: random)
        switch decision {
        case .retry(let delay):
            self.wait(slot, key, until: now + delay)
        case .expire(let delay):
            self.subscriptions[slot].lanes[key]!.pending[0].verdict = .givenUp(.ageExceeded, report)
            self.wait(slot, key, until: now + delay)
        case .giveUp(let reason):
            self.condemn(slot, key, count: count, report: report, now: now)
            self.giveUp(slot, key, reason: reason, report: report)
        }
    }

    /// Of the first `count` of a lane, those behind the head that have no attempt left will not be sent again.
    private mutating func condemn(_ slot: Int, _ key: LaneKey, count: Int, report: AttemptReport, now: Int64) {
        let config = self.subscriptions[slot].specification.config
        for index in 0..<count where index > 0 {
            let pending = self.subscriptions[slot].lanes[key]!.pending[index]
            let decision = RetrySchedule.decide(
                config.retry, deadLetter: config.deadLetter, attempts: pending.attempts,
                ageMilliseconds: now - pending.firstAttemptAt, retryAfterMilliseconds: nil, random: 0)
            guard case .giveUp(let reason) = decision else { return }
            self.subscriptions[slot].lanes[key]!.pending[index].verdict = .givenUp(reason, report)
        }
    }

    private mutating func wait(_ slot: Int, _ key: LaneKey, until time: Int64) {
        guard self.tails[key.tail].isAssigned else { return self.abandon(slot, key, after: 0) }
        self.subscriptions[slot].lanes[key]!.state = .waiting(untilMilliseconds: time)
        self.schedule(.lane(slot: slot, incarnation: self.subscriptions[slot].incarnation, key: key), at: time)
    }

    /// The lane stands still until the dead letter is written.
    mutating func giveUp(_ slot: Int, _ key: LaneKey, reason: DeadLetterReason, report: AttemptReport) {
        guard let head = self.subscriptions[slot].lanes[key]?.pending.first else { return }
        let id = self.nextID()
        self.subscriptions[slot].lanes[key]!.state = .deadLettering(write: id)
        let specification = self.subscriptions[slot].specification
        let write = DeadLetterWrite(
            id: id, subscription: specification.id, event: head.event, reason: reason, attempts: head.attempts,
            report: report, replayID: specification.replayID)
        self.deadLetterings[id] = DeadLettering(
            slot: slot, incarnation: self.subscriptions[slot].incarnation, key: key, write: write)
        self.emit(.writeDeadLetter(write))
    }

    /// The dead letter is durable: its event is settled.
    public mutating func deadLetterWritten(_ id: UInt64, now: Int64) {
        guard let done = self.deadLetterings.removeValue(forKey: id) else { return }
        if self.isCurrent(done.slot, done.incarnation),
            self.subscriptions[done.slot].lanes[done.key]?.state == .deadLettering(write: id)
        {
            self.settleHead(done.slot, done.key, count: 1, isDelivered: false)
            self.askAgain(done.slot)
        }
        self.pump(now: now)
    }

    /// The dead letter could not be written: the event stays unsettled, the write is tried again after a while.
    public mutating func deadLetterFailed(_ id: UInt64, now: Int64) {
        guard let failed = self.deadLetterings[id] else { return }
        guard self.isCurrent(failed.slot, failed.incarnation), self.isSending else {
            self.deadLetterings[id] = nil
            return
        }
        self.schedule(.deadLetter(id), at: now + self.limits.internalRetryMilliseconds)
    }

    /// No further dead letter may be written: the event stays unsettled, and its subscription is suspended until
    /// somebody resumes it. It is tried once more then.
    public mutating func deadLetterRefused(_ id: UInt64, reason: String, now: Int64) {
        guard let refused = self.deadLetterings.removeValue(forKey: id) else { return }
        if self.isCurrent(refused.slot, refused.incarnation),
            self.subscriptions[refused.slot].lanes[refused.key]?.state == .deadLettering(write: id)
        {
            let verdict = Lane.Verdict.givenUp(refused.write.reason, refused.write.report)
            self.subscriptions[refused.slot].lanes[refused.key]!.pending[0].verdict = verdict
            self.wait(refused.slot, refused.key, until: now + self.limits.internalRetryMilliseconds)
            // Of several that are refused the first suspends; all of them leave memory.
            if self.subscriptions[refused.slot].isActive {
                self.suspend(refused.slot, reason: reason)
            } else {
                self.detachEverywhere(refused.slot)
            }
        }
        self.pump(now: now)
    }

    /// Nobody waits any more for the dead letters of a subscription that is removed, or of a partition that is gone.
    mutating func forgetDeadLetters(where isForgotten: (DeadLettering) -> Bool) {
        for (id, letter) in self.deadLetterings where isForgotten(letter) { self.deadLetterings[id] = nil }
    }

    /// Settles `count` events from the head of a lane, and lets the lane go on.
    private mutating func settleHead(_ slot: Int, _ key: LaneKey, count: Int, isDelivered: Bool) {
        guard let tail = self.subscriptions[slot].lanes[key]?.tail else { return }
        for _ in 0..<count {
            guard let done = self.subscriptions[slot].lanes[key]!.pending.popFirst() else { break }
            self.subscriptions[slot].lanes[key]!.singles = max(0, self.subscriptions[slot].lanes[key]!.singles - 1)
            self.release(slot, done.event)
            self.subscriptions[slot].cursors[tail]?.tracker.settle(done.event.position.offset.value)
            self.subscriptions[slot].cursors[tail]?.version += 1
            if isDelivered {
                self.subscriptions[slot].cursors[tail]?.delivered += 1
            } else {
                self.subscriptions[slot].cursors[tail]?.deadLettered += 1
            }
        }
        if self.subscriptions[slot].lanes[key]!.pending.isEmpty {
            self.subscriptions[slot].lanes[key] = nil
        } else {
            self.makeReady(slot, key)
        }
        self.completeIfDone(slot)
    }

    mutating func release(_ slot: Int, _ event: DeliverableEvent) {
        self.subscriptions[slot].heldEvents -= 1
        self.subscriptions[slot].heldBytes -= event.size
        self.heldBytes -= event.size
        self.tenants[self.subscriptions[slot].tenant].heldBytes -= event.size
    }

    /// A replay whose every partition has reached its end with nothing unsettled is done.
    mutating func completeIfDone(_ slot: Int) {
        guard self.subscriptions[slot].specification.isReplay else { return }
        let subscription = self.subscriptions[slot]
        guard !subscription.isCompleted, !subscription.isRemoved,
            subscription.cursors.count == subscription.specification.until.count,
            subscription.cursors.values.allSatisfy({ cursor in
                cursor.tracker.unsettledCount == 0 && cursor.until.map { cursor.tracker.position >= $0 } ?? true
            })
        else { return }
        self.subscriptions[slot].isCompleted = true
        self.emit(
            .replayCompleted(
                subscription.specification.id, delivered: subscription.cursors.values.reduce(0) { $0 + $1.delivered },
                deadLettered: subscription.cursors.values.reduce(0) { $0 + $1.deadLettered }))
    }
}
