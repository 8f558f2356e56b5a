import DequeModule
import HeapModule

extension DeliveryStateMachine {
    /// Fewer timers than this are never swept.
    static let timersMaxMin = 64

    mutating func fire(_ kind: Timer.Kind, now: Int64) {
        switch kind {
        case .lane(let slot, let incarnation, let key):
            guard self.isCurrent(slot, incarnation),
                case .waiting(let until) = self.subscriptions[slot].lanes[key]?.state, until <= now
            else { return }
            self.makeReady(slot, key)
        case .wake(let slot, let incarnation):
            guard self.isCurrent(slot, incarnation) else { return }
            self.subscriptions[slot].wakeAt = nil
            self.enqueue(slot)
        case .destination(let index):
            self.destinations[index].timerAt = nil
            self.destinations[index].circuit.advance(now: now)
            self.wakeWaiting(onDestination: index, all: false)
        case .host(let index):
            self.hosts[index].timerAt = nil
            self.wakeWaiting(onHost: index)
        case .refetch(let slot, let incarnation, let tail):
            guard self.isCurrent(slot, incarnation), self.subscriptions[slot].cursors[tail]?.fetch == .waiting else {
                return
            }
            self.subscriptions[slot].cursors[tail]?.fetch = .idle
            self.becomeHungry(slot, tail)
        case .deadLetter(let id):
            if let waiting = self.deadLetterings[id] { self.emit(.writeDeadLetter(waiting.write)) }
        case .victimSearch: break  // Whoever is hungry asks after every step.
        }
    }

    /// Retries that left memory and came back, and waits that were cut short, leave timers behind: a long wait must not
    /// let them pile up.
    mutating func sweepTimers() {
        var lanes: [Int: Set<LaneKey>] = [:]
        var kept: [Timer] = []
        for timer in self.timers.unordered where self.isAwaited(timer) {
            if case .lane(let slot, _, let key) = timer.kind,
                !lanes[slot, default: []].insert(key).inserted
            {
                continue
            }
            kept.append(timer)
        }
        self.timers = Heap(kept)
        self.timersMax = max(Self.timersMaxMin, 2 * kept.count)
    }

    private func isAwaited(_ timer: Timer) -> Bool {
        switch timer.kind {
        case .lane(let slot, let incarnation, let key):
            self.isCurrent(slot, incarnation)
                && self.subscriptions[slot].lanes[key]?.state == .waiting(untilMilliseconds: timer.at)
        case .wake(let slot, let incarnation):
            self.isCurrent(slot, incarnation) && self.subscriptions[slot].wakeAt == timer.at
        case .destination(let index): self.destinations[index].timerAt == timer.at
        case .host(let index): self.hosts[index].timerAt == timer.at
        case .refetch(let slot, let incarnation, let tail):
            self.isCurrent(slot, incarnation) && self.subscriptions[slot].cursors[tail]?.fetch == .waiting
        case .deadLetter(let id): self.deadLetterings[id] != nil
        case .victimSearch: self.failedSearch?.until == timer.at
        }
    }
}
