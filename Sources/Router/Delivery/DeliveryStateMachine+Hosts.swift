/// What destinations of several tenants on one host and port share: how many attempts are in flight there, and how many
/// begin in a second. Destinations, and so tenants, take turns.
extension DeliveryStateMachine {
    /// Asks concurrency and rate of the host; registers destination and subscription if they have to wait.
    mutating func mayUseHost(of slot: Int, now: Int64) -> Bool {
        let destination = self.subscriptions[slot].destination
        let host = self.destinations[destination].host
        if self.takesMore(host, now: now) { return true }
        self.hosts[host].waiting.append(destination)
        self.awaitDestination(slot)
        return false
    }

    /// Whether one more attempt may go to the host now. Where only its rate says no, whoever waits is woken in time.
    private mutating func takesMore(_ host: Int, now: Int64) -> Bool {
        guard self.hosts[host].inFlight < self.limits.inFlightPerHostMax else { return false }
        guard let next = self.hosts[host].rate?.nextMilliseconds(now: now), next > now else { return true }
        if self.hosts[host].timerAt == nil {
            self.hosts[host].timerAt = next
            self.schedule(.host(host), at: next)
        }
        return false
    }

    mutating func countSend(onHost host: Int, now: Int64) {
        self.hosts[host].inFlight += 1
        self.hosts[host].rate?.take(1, now: now)
        self.noteTurn(onHost: host)
    }

    /// It is looked whether the host takes more once those that were woken have had their turn, see
    /// ``offerTurns(now:)``.
    mutating func noteTurn(onHost host: Int) {
        if !self.hosts[host].waiting.isEmpty { self.hostsToOffer.append(host) }
    }

    /// A turn may have gone to somebody who cannot use it, because the tenant has no place in flight or is held back:
    /// it goes on to the next that waits, for as long as the host takes more. Who has a turn too many asks the host
    /// again when there is a place.
    ///
    /// Gives whether somebody was woken.
    mutating func offerTurns(now: Int64) -> Bool {
        var hasWoken = false
        for _ in 0..<self.hostsToOffer.count {
            guard let host = self.hostsToOffer.popFirst() else { break }
            if !self.hosts[host].waiting.isEmpty, self.takesMore(host, now: now), self.wakeWaiting(onHost: host) {
                hasWoken = true
            }
        }
        return hasWoken
    }

    /// An attempt on a destination has ended: whoever waits for the host goes first, the destination last of them.
    mutating func wakeNext(afterDestination index: Int) {
        let host = self.destinations[index].host
        guard !self.hosts[host].waiting.isEmpty else {
            self.wakeWaiting(onDestination: index, all: false)
            return
        }
        if !self.destinations[index].waiting.isEmpty { self.hosts[host].waiting.append(index) }
        self.wakeWaiting(onHost: host)
    }

    /// Wakes one subscription of the next destination that waits for the host and could send. Gives whether there was
    /// one.
    @discardableResult
    mutating func wakeWaiting(onHost host: Int) -> Bool {
        while let index = self.hosts[host].waiting.popFirst() {
            // A place may have another destination by now. One that is full, or rests, is woken by what ends that.
            guard self.destinations[index].host == host, self.hasTurn(index),
                self.wakeWaiting(onDestination: index, all: false)
            else { continue }
            if !self.destinations[index].waiting.isEmpty { self.hosts[host].waiting.append(index) }
            self.noteTurn(onHost: host)
            return true
        }
        return false
    }

    /// Whether a destination could take one more attempt.
    private func hasTurn(_ index: Int) -> Bool {
        switch self.destinations[index].circuit.state {
        case .closed: self.destinations[index].inFlight < self.limits.inFlightPerDestinationMax
        case .halfOpen: !self.destinations[index].isProbing
        case .open: false
        }
    }

    mutating func useHost(_ origin: String) -> Int {
        if let index = self.hostIndexes[origin] {
            self.hosts[index].users += 1
            return index
        }
        var state = HostState(origin: origin)
        state.users = 1
        state.rate = (self.limits.hostRates[origin] ?? self.limits.ratePerHost).map { SendRate(perSecond: $0) }
        let index: Int
        if let free = self.freeHosts.popLast() {
            index = free
            self.hosts[index] = state
        } else {
            index = self.hosts.count
            self.hosts.append(state)
        }
        self.hostIndexes[origin] = index
        return index
    }

    /// The last destination on a host is gone: its place is used again.
    mutating func leaveHost(_ index: Int) {
        self.hosts[index].users -= 1
        guard self.hosts[index].users == 0 else { return }
        self.hostIndexes[self.hosts[index].origin] = nil
        self.hosts[index].waiting = SlotQueue()
        self.hosts[index].timerAt = nil
        self.freeHosts.append(index)
    }
}
