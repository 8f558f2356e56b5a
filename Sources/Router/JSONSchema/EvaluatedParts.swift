/// Which parts of a value successful schemas have looked at, for `unevaluatedProperties` and `unevaluatedItems`.
struct EvaluatedParts {
    private var names: Set<ExactText> = []
    private var allNames = false
    private var itemsBelow = 0
    private var items: Set<Int> = []

    mutating func add(name: ExactText) { self.names.insert(name) }

    mutating func addAllNames() { self.allNames = true }

    /// All items in front of this index.
    mutating func add(itemsBelow index: Int) { self.itemsBelow = max(self.itemsBelow, index) }

    mutating func add(item: Int) { self.items.insert(item) }

    mutating func add(_ other: EvaluatedParts) {
        self.names.formUnion(other.names)
        self.allNames = self.allNames || other.allNames
        self.itemsBelow = max(self.itemsBelow, other.itemsBelow)
        self.items.formUnion(other.items)
    }

    func contains(name: ExactText) -> Bool { self.allNames || self.names.contains(name) }

    func contains(item: Int) -> Bool { item < self.itemsBelow || self.items.contains(item) }
}
