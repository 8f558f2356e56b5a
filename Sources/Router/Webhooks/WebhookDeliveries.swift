import Synchronization

/// Lets each delivery in once: remembers those that were accepted, and makes those wait that come while the same is
/// being taken in, because what becomes of it is theirs too.
public final class WebhookDeliveries: Sendable {
    /// What is to be done with the deliveries of one request.
    public enum Claim: Sendable, Hashable {
        /// These are new, the others are there already: take them in, and say what came of it with
        /// ``settle(_:until:now:)`` or ``abandon(_:)``. Empty: there is nothing to do.
        case new(Set<DeliveryKey>)
        /// One that another request was taking in failed: nothing is to be done, and the sender must come again.
        case failed
    }

    /// What became of a delivery that somebody waited for.
    private enum End: Sendable {
        case claimed
        case accepted
        case failed
    }

    private struct State {
        var window: DeliveryWindow
        var waiting: [DeliveryKey: [CheckedContinuation<End, Never>]] = [:]
        /// Accepted, and known to be on the disk of this process only: when the last one of this key came.
        var spooled: [DeliveryKey: Int64] = [:]

        mutating func spool(_ marker: DeliveryMarker, arrival: Int64) {
            for key in marker.keys { self.spooled[key] = max(arrival, self.spooled[key] ?? arrival) }
        }

        /// The log has these. What came after their window is another delivery, and still on the disk.
        mutating func unspool(_ marker: DeliveryMarker) {
            for key in marker.keys {
                guard let arrival = self.spooled[key], arrival < marker.expiresMilliseconds else { continue }
                self.spooled[key] = nil
            }
        }
    }

    private let state: Mutex<State>

    /// - Parameter entriesMax: accepted deliveries that are remembered, `1...100_000_000`, some 90 bytes each; where
    ///   there are more, the oldest are forgotten before their time.
    public init(entriesMax: Int) {
        self.state = Mutex(State(window: DeliveryWindow(entriesMax: entriesMax)))
    }

    /// Deliveries that are remembered now.
    public var count: Int { self.state.withLock { $0.window.count } }
    /// Deliveries that were forgotten before their time.
    public var forgotten: Int { self.state.withLock { $0.window.forgotten } }

    /// Says what to do; waits for the end of those that are under way in other requests. Keys are claimed in their own
    /// order: requests that share some cannot wait for each other.
    /// - Parameter now: milliseconds since 1970.
    public func claim(_ keys: [DeliveryKey], now: Int64) async -> Claim {
        var new: Set<DeliveryKey> = []
        for key in Set(keys).sorted() {
            switch await self.claim(key, now: now) {
            case .claimed: new.insert(key)
            case .accepted: break
            case .failed:
                self.abandon(Array(new))
                return .failed
            }
        }
        return .new(new)
    }

    private func claim(_ key: DeliveryKey, now: Int64) async -> End {
        await withCheckedContinuation { continuation in
            let end: End? = self.state.withLock { state in
                switch state.window.begin(key, now: now) {
                case .new: return .claimed
                case .duplicate: return .accepted
                case .underWay:
                    state.waiting[key, default: []].append(continuation)
                    return nil
                }
            }
            if let end { continuation.resume(returning: end) }
        }
    }

    /// The deliveries are durable in the log.
    public func settle(_ keys: [DeliveryKey], until expires: Int64, now: Int64) {
        self.end(keys, .accepted) { window, key in window.remember(key, until: expires, now: now) }
    }

    /// The deliveries are durable on the disk of this process: they are known, and not in the log yet.
    /// - Parameter arrival: when they came, in milliseconds since 1970.
    public func settleSpooled(_ marker: DeliveryMarker, arrival: Int64, now: Int64) {
        self.state.withLock { $0.spool(marker, arrival: arrival) }
        self.settle(marker.keys, until: marker.expiresMilliseconds, now: now)
    }

    /// What a start found on the disk, once everything in the log is remembered.
    public func restore(_ marker: DeliveryMarker, arrival: Int64, now: Int64) {
        if self.isInLog(marker) { return }
        self.state.withLock { $0.spool(marker, arrival: arrival) }
        self.remember(marker, now: now, isInLog: false)
    }

    /// Whether the log is known to have all of these.
    public func isInLog(_ marker: DeliveryMarker) -> Bool {
        self.state.withLock { state in
            !marker.keys.isEmpty
                && marker.keys.allSatisfy { state.window.isRemembered($0) && state.spooled[$0] == nil }
        }
    }

    /// What was on the disk is in the log now, and not on the disk any more.
    public func drained(_ marker: DeliveryMarker) {
        self.state.withLock { $0.unspool(marker) }
    }

    /// The deliveries are not there: nothing of them is remembered.
    public func abandon(_ keys: [DeliveryKey]) { self.end(keys, .failed) { _, _ in } }

    /// Remembers what the log says was accepted before, or elsewhere.
    public func remember(_ marker: DeliveryMarker, now: Int64) { self.remember(marker, now: now, isInLog: true) }

    private func remember(_ marker: DeliveryMarker, now: Int64, isInLog: Bool) {
        self.state.withLock { state in
            if isInLog { state.unspool(marker) }
            for key in marker.keys { state.window.remember(key, until: marker.expiresMilliseconds, now: now) }
        }
    }

    private func end(
        _ keys: [DeliveryKey], _ end: End, _ body: (inout DeliveryWindow, DeliveryKey) -> Void
    ) {
        let waiting = self.state.withLock { state in
            keys.flatMap { key in
                state.window.end(key)
                body(&state.window, key)
                return state.waiting.removeValue(forKey: key) ?? []
            }
        }
        for continuation in waiting { continuation.resume(returning: end) }
    }
}
