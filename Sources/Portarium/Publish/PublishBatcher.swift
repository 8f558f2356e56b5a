/// Gathers lines until they fill a batch, in events or in bytes.
struct PublishBatcher: Sendable {
    private let eventsMax: Int
    private let bytesMax: Int
    private var items: [PublishBatch.Item] = []
    private var bytes = 0

    init(eventsMax: Int, bytesMax: Int) {
        self.eventsMax = eventsMax
        self.bytesMax = bytesMax
    }

    /// Takes a line; gives the batch that is full with it, or that must go before it because it does not fit.
    mutating func add(_ item: PublishBatch.Item) -> PublishBatch? {
        let isOverflow = !self.items.isEmpty && self.bytes + item.event.count > self.bytesMax
        let full = isOverflow ? self.flush() : nil
        self.items.append(item)
        self.bytes += item.event.count
        if let full { return full }
        return self.items.count >= self.eventsMax ? self.flush() : nil
    }

    /// What is there, nil where nothing is.
    mutating func flush() -> PublishBatch? {
        guard !self.items.isEmpty else { return nil }
        defer {
            self.items = []
            self.bytes = 0
        }
        return PublishBatch(items: self.items)
    }
}
