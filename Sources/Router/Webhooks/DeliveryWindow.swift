import DequeModule

/// Which deliveries were accepted lately, and which are being taken in. A value: bounded in number and in time, told
/// the time by who asks.
struct DeliveryWindow: Sendable {
    /// What is known of a delivery.
    enum Standing: Sendable, Hashable {
        /// Accepted before, within its window.
        case duplicate
        /// Being taken in.
        case underWay
        /// Not known; it counts as being taken in from now on.
        case new
    }

    private struct Entry {
        var key: DeliveryKey
        var expires: Int64
    }

    /// Accepted deliveries that are remembered, at least 1.
    let entriesMax: Int
    private var expirations: [DeliveryKey: Int64] = [:]
    /// In the order in which they came.
    private var entries: Deque<Entry> = []
    private var underWay: Set<DeliveryKey> = []
    /// Deliveries that were forgotten before their time because there were too many.
    private(set) var forgotten = 0

    init(entriesMax: Int) { self.entriesMax = entriesMax }

    /// Accepted deliveries that are remembered.
    var count: Int { self.expirations.count }

    /// Begins to take a delivery in, unless it is known.
    mutating func begin(_ key: DeliveryKey, now: Int64) -> Standing {
        if let expires = self.expirations[key], expires > now { return .duplicate }
        return self.underWay.insert(key).inserted ? .new : .underWay
    }

    /// Whether one was accepted, within its window or a little longer.
    func isRemembered(_ key: DeliveryKey) -> Bool { self.expirations[key] != nil }

    /// It is not under way any more, whatever came of it.
    mutating func end(_ key: DeliveryKey) { self.underWay.remove(key) }

    /// Remembers one that was accepted, here or elsewhere.
    mutating func remember(_ key: DeliveryKey, until expires: Int64, now: Int64) {
        guard expires > now, expires > self.expirations[key] ?? 0 else { return }
        self.expirations[key] = expires
        self.entries.append(Entry(key: key, expires: expires))
        while let first = self.entries.first, first.expires <= now || self.entries.count > self.entriesMax {
            self.entries.removeFirst()
            // One that was accepted again after its window has a later entry.
            guard self.expirations[first.key] == first.expires else { continue }
            self.expirations[first.key] = nil
            if first.expires > now { self.forgotten += 1 }
        }
    }
}
