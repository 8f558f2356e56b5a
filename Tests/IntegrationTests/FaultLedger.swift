/// What a sink was sent by replicas that came and went, held against what producers were promised and against when
/// which of the replicas was hit.
struct FaultLedger {
    /// One piece of trouble.
    struct Fault: Sendable {
        var name: String
        /// The replicas that it hit; empty: all.
        var replicas: Set<String>
        var from: ContinuousClock.Instant
        var to: ContinuousClock.Instant
    }

    /// A delivery of an event that had been settled before.
    struct Repeat: CustomStringConvertible {
        var id: String
        var settledAt: ContinuousClock.Instant
        var settledBy: String?
        var at: ContinuousClock.Instant
        var by: String?

        var description: String {
            "\(self.id) by \(self.by ?? "?"), settled \(self.settledAt.duration(to: self.at)) before by "
                + (self.settledBy ?? "?")
        }
    }

    /// A delivery, and who made it; nil where nobody can say.
    typealias Delivery = (delivery: RecordingSink.Delivery, by: String?)

    /// When each event was settled first, and by whom.
    private(set) var settled: [String: (at: ContinuousClock.Instant, by: String?)] = [:]
    private(set) var repeats: [Repeat] = []
    /// Events that were sent before the one before them of their key was settled.
    private(set) var disorder: [String] = []

    /// Reads deliveries whose identifiers are `key-number`.
    init(_ deliveries: [Delivery]) {
        for (delivery, name) in deliveries {
            let id = delivery.id
            if let first = self.settled[id] {
                self.repeats.append(
                    Repeat(id: id, settledAt: first.at, settledBy: first.by, at: delivery.at, by: name))
                continue
            }
            let parts = id.split(separator: "-")
            if parts.count == 2, let number = Int(parts[1]) {
                let previous = "\(parts[0])-\(number - 1)"
                if number > 1, self.settled[previous] == nil { self.disorder.append("\(id) before \(previous)") }
            } else {
                self.disorder.append("not a numbered event: \(id)")
            }
            if delivery.settles { self.settled[id] = (delivery.at, name) }
        }
    }

    /// Accepted events that were not settled.
    func lost(of accepted: Set<String>) -> [String] {
        accepted.filter { self.settled[$0] == nil }.sorted()
    }

    /// Repeats of events that no fault explains: neither had a replica that was hit settled them since its last commit
    /// before, nor did one send them before it knew.
    ///
    /// - Parameter slack: the time between two commits, and what a commit and attempts in flight take.
    func unexplained(by faults: [Fault], slack: Duration, except doubtful: Set<String>) -> [Repeat] {
        self.repeats.filter { found in
            !doubtful.contains(found.id) && !faults.contains { Self.explains($0, found, slack) }
        }
    }

    private static func explains(_ fault: Fault, _ found: Repeat, _ slack: Duration) -> Bool {
        self.hits(fault, found.settledAt, found.settledBy, slack) || self.hits(fault, found.at, found.by, slack)
    }

    private static func hits(
        _ fault: Fault, _ at: ContinuousClock.Instant, _ by: String?, _ slack: Duration
    ) -> Bool {
        guard fault.replicas.isEmpty || by.map(fault.replicas.contains) ?? true else { return false }
        return at >= fault.from - slack && at <= fault.to + slack
    }

    /// For a report: how many repeats each fault explains, each of them counted with the first that does; and how many
    /// there could have been: what replicas that it hit settled from their last commit before it to their first one
    /// after it.
    func counts(of faults: [Fault], slack: Duration) -> [(repeats: Int, bound: Int)] {
        var counts = faults.map { fault in
            (repeats: 0, bound: self.settled.values.count { Self.hits(fault, $0.at, $0.by, slack) })
        }
        for found in self.repeats {
            guard let index = faults.firstIndex(where: { Self.explains($0, found, slack) }) else { continue }
            counts[index].repeats += 1
        }
        return counts
    }

    /// How many events a fault could have made come again: those that replicas that were hit settled around one.
    func bound(of faults: [Fault], slack: Duration) -> Int {
        self.settled.values.count { settled in faults.contains { Self.hits($0, settled.at, settled.by, slack) } }
    }
}
