import Delivery
import EventLog
import Subscriptions

extension SimulatedWorld {
    /// An attempt goes out: here order and duplicates are judged.
    mutating func begin(_ attempt: DeliveryAttempt) {
        self.statistics.sends += 1
        self.attempts.append(attempt)
        guard let subscription = self.catalog[attempt.subscription] else {
            return self.violate("an attempt for a subscription that was deleted")
        }
        if subscription.status != .active {
            self.violate("an attempt for \(subscription.id), which is \(subscription.status)")
        }
        for (index, element) in attempt.elements.enumerated() {
            let record = self.record(at: element.position)
            if !subscription.everKinds.contains(record.kind) {
                self.violate("\(subscription.id) never asked for \(element.position)")
            }
            if let start = subscription.starts[element.position.topicPartition], element.position.offset < start {
                self.violate("\(subscription.id) starts at \(start), and was sent \(element.position)")
            }
            let settled = Settled(generation: subscription.generation, position: element.position)
            if let isCommitted = self.settled[settled] {
                if isCommitted { self.violate("\(element.position) was settled and committed, and is sent again") }
                self.statistics.redelivered += 1
            }
            if subscription.config.ordering == .key {
                self.checkOrder(subscription, record, earlierInBatch: attempt.elements[..<index])
            }
        }
    }

    private mutating func checkOrder(
        _ subscription: SimulatedSubscription, _ record: SimulatedRecord,
        earlierInBatch: ArraySlice<DeliveryAttempt.Element>
    ) {
        let topicPartition = record.position.topicPartition
        let start = subscription.starts[topicPartition]?.value ?? 0
        for offset in start..<max(start, record.position.offset.value) {
            let earlier = self.log.records[topicPartition]![Int(offset)]
            guard earlier.key == record.key, subscription.alwaysKinds.contains(earlier.kind) else { continue }
            let settled = Settled(generation: subscription.generation, position: earlier.position)
            guard self.settled[settled] == nil, !self.lost.contains(settled),
                earlier.position.offset.value >= self.log.start(topicPartition),
                !earlierInBatch.contains(where: { $0.position == earlier.position })
            else { continue }
            self.violate(
                "\(record.position) is sent to \(subscription.id) before \(earlier.position) of the same key is settled"
            )
        }
    }

    /// A sink answers one attempt.
    mutating func answer() {
        guard let index = self.attempts.indices.randomElement(using: &self.random) else { return }
        let attempt = self.attempts[index]
        let temper = self.isQuiescing ? .fine : (self.catalog[attempt.subscription]?.temper ?? .fine)
        if temper == .slow, self.chance(70) { return }
        if temper == .hanging, self.chance(90) { return }
        self.attempts.remove(at: index)
        let report = self.report(temper, attempt)
        if case .delivered = report.meaning { self.receive(attempt) }
        // The answer may be lost although the sink has the event.
        if temper == .resetting, self.chance(50) { self.receive(attempt, isReported: false) }
        self.machine.report(attempt.id, report, now: self.now)
    }

    private mutating func report(_ temper: SimulatedSubscription.Temper, _ attempt: DeliveryAttempt) -> AttemptReport {
        func made(_ meaning: AttemptReport.Meaning, _ status: Int?) -> AttemptReport {
            AttemptReport(
                meaning: meaning, status: status, error: status.map { "status \($0)" }, durationMilliseconds: 1)
        }
        switch temper {
        case .fine, .slow: return made(.delivered, 200)
        case .throttled:
            guard self.chance(60) else { return made(.delivered, 202) }
            return made(
                .retry(afterMilliseconds: self.chance(50) ? Int64.random(in: 1...500, using: &self.random) : nil), 429)
        case .failing: return self.chance(90) ? made(.retry(afterMilliseconds: nil), 503) : made(.delivered, 200)
        case .picky:
            if self.chance(3) { return made(.gone, 410) }
            return self.chance(40) ? made(.rejected, 400) : made(.delivered, 200)
        case .hanging: return made(.retry(afterMilliseconds: nil), nil)
        case .resetting: return self.chance(60) ? made(.retry(afterMilliseconds: nil), nil) : made(.delivered, 200)
        }
    }

    /// The sink has the events.
    mutating func receive(_ attempt: DeliveryAttempt, isReported: Bool = true) {
        self.statistics.delivered += attempt.elements.count
        guard isReported else { return }
        for element in attempt.elements { self.markSettled(attempt.subscription, element.position) }
    }

    mutating func markSettled(_ id: SubscriptionID, _ position: Position) {
        guard let generation = self.catalog[id]?.generation else { return }
        let settled = Settled(generation: generation, position: position)
        if self.settled[settled] == nil { self.settled[settled] = false }
        self.settledSincePlan.insert(settled)
    }

    mutating func violate(_ sentence: String) {
        if self.violation == nil { self.violation = sentence }
    }
}
