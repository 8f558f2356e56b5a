import DequeModule

/// Slots of tenants that wait for the same thing: tenants take turns, each with as many slots a turn as its weight
/// says, so that one with very many does not hold up the others. Each slot of a tenant stands at most once.
struct FairQueue: Sendable {
    private struct Line: Sendable {
        var slots = SlotQueue()
        /// What is left of its turn; 0: the next turn is a whole one.
        var credit = 0
    }

    private var lines: [Int: Line] = [:]
    /// Tenants with slots, in the order of their turns.
    private var ring: Deque<Int> = []

    var isEmpty: Bool { self.ring.isEmpty }

    mutating func append(_ slot: Int, of tenant: Int) {
        if self.lines[tenant] == nil { self.ring.append(tenant) }
        self.lines[tenant, default: Line()].slots.append(slot)
    }

    /// The next slot whose turn it is.
    /// - Parameter weight: of a tenant, at least 1.
    mutating func popFirst(weight: (_ tenant: Int) -> Int) -> Int? {
        guard let tenant = self.ring.first, var line = self.lines[tenant], let slot = line.slots.popFirst() else {
            return nil
        }
        line.credit = (line.credit > 0 ? line.credit : weight(tenant)) - 1
        if line.slots.isEmpty {
            self.ring.removeFirst()
            self.lines[tenant] = nil
            return slot
        }
        if line.credit <= 0 {
            line.credit = 0
            self.ring.append(self.ring.removeFirst())
        }
        self.lines[tenant] = line
        return slot
    }
}
