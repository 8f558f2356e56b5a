import Synchronization

/// Which broker coordinates which group, as far as it was found out by asking them.
final class KafkaCoordinators: Sendable {
    private struct State {
        var brokers: [Int32] = []
        var known: [String: Int32] = [:]
        var first = 0
    }

    /// Groups that are remembered; what is more is found out again.
    private static let groupsMax = 200_000
    private let state = Mutex(State())

    /// Whether nobody is known to be asked.
    var isEmpty: Bool { self.state.withLock { $0.brokers.isEmpty } }

    /// Takes over who there is.
    func put(_ brokers: [Int32]) { self.state.withLock { $0.brokers = brokers } }

    /// Whom to ask for a group next, after those that it was not; nil where there is nobody more. Who is asked first
    /// changes, so that one that does not answer is not the first of every group.
    func next(_ group: String, after others: Set<Int32>) -> Int32? {
        self.state.withLock { state in
            if let known = state.known[group], !others.contains(known) { return known }
            let rest = state.brokers.filter { !others.contains($0) }
            guard !rest.isEmpty else { return nil }
            if others.isEmpty { state.first = (state.first + 1) % rest.count }
            return rest[state.first % rest.count]
        }
    }

    /// The broker answered for the group.
    func note(_ group: String, _ broker: Int32) {
        self.state.withLock { state in
            if state.known.count >= Self.groupsMax, state.known[group] == nil { state.known = [:] }
            state.known[group] = broker
        }
    }

    /// The broker is it not, or does not answer.
    func forget(_ group: String) { self.state.withLock { $0.known[group] = nil } }

    /// Asks anew who there is before the next request.
    func forgetBrokers() { self.state.withLock { $0.brokers = [] } }
}
