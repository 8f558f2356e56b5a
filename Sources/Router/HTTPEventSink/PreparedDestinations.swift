import Delivery
import Synchronization

/// Prepared destinations by identity: the most recently used ones, bounded.
///
/// Two generations: when the young one has half of the allowed number it becomes the old one, and the old one is
/// forgotten. What is used in between moves to the young one again.
final class PreparedDestinations: Sendable {
    private struct Generations {
        var young: [ObjectIdentifier: PreparedDestination] = [:]
        var old: [ObjectIdentifier: PreparedDestination] = [:]
    }

    private let generationMax: Int
    private let userAgent: String
    private let origin: String
    private let gate: @Sendable (_ host: String) -> HostGate
    private let generations = Mutex(Generations())

    init(
        max: Int, userAgent: String, origin: String, gate: @escaping @Sendable (_ host: String) -> HostGate
    ) {
        self.generationMax = Swift.max(max / 2, 1)
        self.userAgent = userAgent
        self.origin = origin
        self.gate = gate
    }

    subscript(destination: Destination) -> PreparedDestination {
        let id = ObjectIdentifier(destination)
        let known = self.generations.withLock { generations in
            if let found = generations.young[id] { return Optional(found) }
            guard let found = generations.old[id] else { return nil }
            self.insert(found, as: id, into: &generations)
            return found
        }
        if let known { return known }
        // Made outside the lock: two at once make the same.
        let prepared = PreparedDestination(
            destination, userAgent: self.userAgent, origin: self.origin, gate: self.gate)
        self.generations.withLock { self.insert(prepared, as: id, into: &$0) }
        return prepared
    }

    /// How many are remembered, those that are in both generations counted twice.
    var count: Int { self.generations.withLock { $0.young.count + $0.old.count } }

    private func insert(
        _ prepared: PreparedDestination, as id: ObjectIdentifier, into generations: inout Generations
    ) {
        if generations.young.count >= self.generationMax {
            generations.old = generations.young
            generations.young = [:]
        }
        generations.young[id] = prepared
    }
}
