import DequeModule

/// A queue in which every slot stands at most once.
struct SlotQueue: Sendable {
    private var order: Deque<Int> = []
    private var members: Set<Int> = []

    var count: Int { self.order.count }
    var isEmpty: Bool { self.order.isEmpty }

    mutating func append(_ slot: Int) {
        if self.members.insert(slot).inserted { self.order.append(slot) }
    }

    mutating func popFirst() -> Int? {
        guard let slot = self.order.popFirst() else { return nil }
        self.members.remove(slot)
        return slot
    }
}
