import Delivery
import EventLog
import Subscriptions

extension SimulatedWorld {
    /// An attempt goes out: here order, duplicates and limits are judged.
    mutating func begin(_ attempt: DeliveryAttempt) {
        self.statistics.sends += 1
        guard let subscription = self.inForce[attempt.subscription] else {
            return self.violate("an attempt for \(attempt.subscription), which is not there")
        }
        let generation = subscription.generation
        if subscription.status != .active || self.suspended.contains(generation) {
            self.violate("an attempt for \(subscription.id), which does not send")
        }
        guard let sent = self.sending.send(generation, now: self.now) else { return }
        if let violation = sent.violation { self.violate("an attempt for \(subscription.id): \(violation)") }
        var number = 0
        var epochs: [Int] = []
        for (index, element) in attempt.elements.enumerated() {
            let partition = self.log.index(of: element.position.topicPartition)
            let record = self.log.records[partition][Int(element.position.offset.value)]
            self.judge(record, partition, for: subscription, earlier: attempt.elements[..<index])
            let offset = element.position.offset.value
            let tries = self.ledgers[generation]?.countTry(partition, offset) ?? 0
            self.checkTries(tries, of: Case(generation: generation, partition: partition, offset: offset), subscription)
            number = max(number, tries)
            self.ledgers[generation]?.insert(.busy, partition, offset)
            epochs.append(self.epochs[partition])
            self.statistics.digest = self.statistics.digest &* 1_099_511_628_211 &+ UInt64(partition * 1_000)
            self.statistics.digest &+= UInt64(offset) &+ UInt64(self.now) << 20
        }
        if number != attempt.number {
            self.violate("attempt \(number) of \(subscription.id) says that it is \(attempt.number)")
        }
        self.flights.append(
            Flight(
                attempt: attempt, generation: generation, endpoint: sent.endpoint, isProbe: sent.isProbe,
                epochs: epochs))
    }

    /// After the last attempt in a batch that was rejected, each event is tried once alone; and an attempt that was
    /// answered 410 says nothing about the event, which is tried again when the subscription is resumed.
    private mutating func checkTries(_ tries: Int, of event: Case, _ subscription: SimulatedSubscription) {
        guard subscription.config.deadLetter else { return }
        let graces = (subscription.config.mode == .batched ? 1 : 0) + (self.gone[event] ?? 0)
        if tries > subscription.config.retry.attemptsMax + graces {
            self.violate(
                "attempt \(tries) of \(subscription.id), which allows \(subscription.config.retry.attemptsMax)")
        }
    }

    private mutating func judge(
        _ record: SimulatedRecord, _ partition: Int, for subscription: SimulatedSubscription,
        earlier: ArraySlice<DeliveryAttempt.Element>
    ) {
        guard let ledger = self.ledgers[subscription.generation] else { return }
        let (id, position) = (subscription.id, record.position)
        let offset = position.offset.value
        if !self.assigned.contains(partition) || self.revoking == partition {
            self.violate("\(position) is sent to \(id), and its partition is not ours")
        }
        if !record.matches(id, ledger.everKinds) { self.violate("\(id) never asked for \(position)") }
        if offset < ledger.start(position.topicPartition) || offset >= ledger.end(position.topicPartition, of: self.log)
        {
            self.violate("\(position) is sent to \(id), and lies out of its range")
        }
        let marks = ledger.marks(partition, offset)
        if marks.contains(.busy) { self.violate("\(position) is sent to \(id) twice at once") }
        if marks.contains(.settledInLife) { self.violate("\(position) was settled for \(id), and is sent again") }
        if marks.contains(.committed) {
            self.violate("\(position) was settled for \(id) and committed, and is sent again")
        }
        if marks.contains(.settled) { self.statistics.redelivered += 1 }
        guard ledger.isOrdered else { return }
        let missing = self.ledgers[subscription.generation]?.firstMissing(before: record, partition, in: self.log) {
            offset in
            earlier.contains { $0.position == Position(position.topicPartition, Offset(offset)) }
        }
        if let missing = missing ?? nil {
            self.violate("\(position) is sent to \(id) before \(missing) of the same key is settled")
        }
    }

    /// A sink answers one attempt.
    mutating func answer() {
        guard let index = self.flights.indices.randomElement(using: &self.random) else { return }
        let flight = self.flights[index]
        let temper = self.isQuiescing ? .fine : (self.tempers[flight.attempt.subscription] ?? .fine)
        if temper == .slow, self.chance(70) { return }
        if temper == .hanging, self.chance(90) { return }
        self.flights.remove(at: index)
        let report = self.report(temper)
        let isCurrent = self.inForce[flight.attempt.subscription]?.generation == flight.generation
        self.sending.answer(
            flight.generation, flight.endpoint, isProbe: flight.isProbe, report, now: self.now)
        for (element, epoch) in zip(flight.attempt.elements, flight.epochs) {
            let partition = self.log.index(of: element.position.topicPartition)
            guard isCurrent, epoch == self.epochs[partition] else { continue }
            self.ledgers[flight.generation]?.remove(.busy, partition, element.position.offset.value)
            if case .gone = report.meaning {
                let offset = element.position.offset.value
                self.gone[Case(generation: flight.generation, partition: partition, offset: offset), default: 0] += 1
            }
            if case .delivered = report.meaning {
                self.statistics.delivered += 1
                self.settle(flight.generation, partition, element.position.offset.value)
            }
        }
        self.machine.report(flight.attempt.id, report, now: self.now)
        self.carryOut()
    }

    private mutating func settle(_ generation: String, _ partition: Int, _ offset: Int64) {
        self.ledgers[generation]?.insert([.settled, .settledInLife], partition, offset)
        self.unplanned.append(Case(generation: generation, partition: partition, offset: offset))
    }

    private mutating func report(_ temper: SinkTemper) -> AttemptReport {
        switch temper {
        case .fine, .slow: return self.made(.delivered, 200)
        case .throttled: return self.chance(60) ? self.busy(429, silence: 50) : self.made(.delivered, 202)
        case .failing: return self.chance(80) ? self.busy(503, silence: 20) : self.made(.delivered, 200)
        case .dead: return self.busy(500, silence: 5)
        case .picky:
            if self.chance(3) { return self.made(.gone, 410) }
            return self.chance(40) ? self.made(.rejected, 400) : self.made(.delivered, 200)
        case .hanging: return self.made(.retry(afterMilliseconds: nil), nil)
        case .resetting:
            return self.chance(60) ? self.made(.retry(afterMilliseconds: nil), nil) : self.made(.delivered, 200)
        }
    }

    private mutating func busy(_ status: Int, silence percent: Int) -> AttemptReport {
        let silence = self.chance(percent) ? Int64.random(in: 1...800, using: &self.random) : nil
        return self.made(.retry(afterMilliseconds: silence), status)
    }

    private func made(_ meaning: AttemptReport.Meaning, _ status: Int?) -> AttemptReport {
        AttemptReport(meaning: meaning, status: status, error: status.map { "status \($0)" }, durationMilliseconds: 1)
    }

    /// An event is given up.
    mutating func begin(_ write: DeadLetterWrite) {
        guard let subscription = self.inForce[write.subscription] else {
            return self.violate("a dead letter of \(write.subscription), which is not there")
        }
        let partition = self.log.index(of: write.event.position.topicPartition)
        if !subscription.config.deadLetter { self.violate("\(subscription.id) gives \(write.event.position) up") }
        if write.reason == .attemptsExhausted, write.attempts < subscription.config.retry.attemptsMax {
            self.violate("\(subscription.id) gives \(write.event.position) up after \(write.attempts) attempts")
        }
        self.ledgers[subscription.generation]?.insert(.busy, partition, write.event.position.offset.value)
        self.deadLetterings.append(
            DeadLettering(write: write, generation: subscription.generation, epoch: self.epochs[partition]))
    }

    mutating func finishDeadLetter() {
        guard let index = self.deadLetterings.indices.randomElement(using: &self.random) else { return }
        let done = self.deadLetterings.remove(at: index)
        let write = done.write
        let partition = self.log.index(of: write.event.position.topicPartition)
        let offset = write.event.position.offset.value
        if !self.isQuiescing, self.chance(30) {
            self.machine.deadLetterFailed(write.id, now: self.now)
        } else {
            let record = self.log.records[partition][Int(offset)]
            self.statistics.deadLettered += 1
            self.deadLetters.append((id: write.subscription, key: record.key))
            if self.inForce[write.subscription]?.generation == done.generation, done.epoch == self.epochs[partition] {
                self.ledgers[done.generation]?.remove(.busy, partition, offset)
                self.settle(done.generation, partition, offset)
            }
            self.machine.deadLetterWritten(write.id, now: self.now)
        }
        self.carryOut()
    }

    /// A person sends a dead letter again, to the subscription that gave it up.
    mutating func redrive() {
        guard
            let letter = self.deadLetters.indices.randomElement(using: &self.random).map({
                self.deadLetters.remove(at: $0)
            })
        else { return }
        self.statistics.redriven += 1
        self.log.append(SimulatedLog.redrives, key: letter.key, kind: 0, target: letter.id, dataBytes: 100)
    }
}
