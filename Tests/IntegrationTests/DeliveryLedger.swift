/// What a sink was sent, held against what producers were promised.
struct DeliveryLedger {
    /// When each event was delivered first.
    private(set) var firstDelivery: [String: ContinuousClock.Instant] = [:]
    /// Deliveries of an event that had been delivered before: its identifier, and when it was delivered first.
    private(set) var duplicates: [(id: String, firstAt: ContinuousClock.Instant)] = []
    /// Keys in which an event came for the first time after a later one had come, with the pair of numbers.
    private(set) var disorder: [String] = []

    /// Reads deliveries whose identifiers are `key-number`.
    init(_ deliveries: [RecordingSink.Delivery]) {
        var latest: [Substring: Int] = [:]
        for delivery in deliveries {
            if let first = self.firstDelivery[delivery.id] {
                self.duplicates.append((delivery.id, first))
                continue
            }
            self.firstDelivery[delivery.id] = delivery.at
            let parts = delivery.id.split(separator: "-")
            guard parts.count == 2, let number = Int(parts[1]) else {
                self.disorder.append("not a numbered event: \(delivery.id)")
                continue
            }
            let previous = latest[parts[0]] ?? 0
            if number != previous + 1 { self.disorder.append("\(parts[0]): \(number) after \(previous)") }
            latest[parts[0]] = max(previous, number)
        }
    }

    /// The accepted events that never arrived.
    func lost(of accepted: Set<String>) -> [String] {
        accepted.filter { self.firstDelivery[$0] == nil }.sorted()
    }
}
