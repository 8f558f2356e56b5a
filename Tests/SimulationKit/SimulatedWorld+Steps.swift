import Delivery
import EventLog
import Subscriptions

extension SimulatedWorld {
    /// One thing happens.
    mutating func step() {
        switch Int.random(in: 0..<200, using: &self.random) {
        case 0..<38: self.append()
        case 38..<69: self.readTail()
        case 69..<72: self.feedLate()
        case 72..<114: self.answer()
        case 114..<130: self.finishFetch()
        case 130..<138: self.finishDeadLetter()
        case 138..<152: self.commit()
        case 152..<170: self.passTime()
        case 170..<186: self.workOn(0)
        case 186..<191: self.workOn(1)
        case 191..<193: self.redrive()
        case 193..<196: if self.chance(85) { self.reassign() } else { self.lose() }
        case 196: self.crash()
        case 197: if self.chance(30) { self.endGracefully() }
        case 198: if self.chance(50) { self.retain() }
        default: if self.chance(25) { self.grow() }
        }
    }

    private mutating func append() {
        for _ in 0..<Int.random(in: 1...6, using: &self.random) {
            let partition = Int.random(in: 1..<self.log.partitions.count, using: &self.random)
            self.log.append(
                partition, key: Int.random(in: 0..<SimulatedLog.keyCount, using: &self.random),
                kind: Int.random(in: 0..<4, using: &self.random),
                dataBytes: Int.random(in: 0...(self.chance(10) ? 3_000 : 400), using: &self.random))
        }
    }

    mutating func readTail() {
        guard let partition = self.assigned.sorted().randomElement(using: &self.random) else { return }
        self.readTail(partition, max: Int.random(in: 1...10, using: &self.random))
    }

    mutating func readTail(_ partition: Int, max: Int) {
        let topicPartition = self.log.partitions[partition]
        guard let position = self.machine.tailPosition(of: topicPartition) else { return }
        guard let records = self.log.read(partition, from: position.value, recordsMax: max, bytesMax: 8_000) else {
            let start = Offset(self.log.starts[partition])
            self.machine.tailRangeLost(topicPartition, start: start, now: self.now)
            return self.carryOut()
        }
        guard !records.isEmpty else { return }
        let read = TailRead(partition: partition, from: position.value, records: records)
        // It may be told later, when the partition has gone, or has come again.
        if !self.isQuiescing, self.chance(10) { return self.tailReads.append(read) }
        self.feed(read)
    }

    private mutating func feedLate() {
        guard let index = self.tailReads.indices.randomElement(using: &self.random) else { return }
        self.feed(self.tailReads.remove(at: index))
    }

    private mutating func feed(_ read: TailRead) {
        let fed = self.inForce.values.filter { !$0.isReplay }
            .compactMap { subscription in
                self.machine.slot(of: subscription.id).map {
                    (id: subscription.id, kinds: subscription.kinds, slot: $0)
                }
            }.sorted { $0.slot < $1.slot }
        let matches = read.records.compactMap { record -> TailBatch.Match? in
            let slots = fed.filter { record.matches($0.id, $0.kinds) }.map(\.slot)
            return slots.isEmpty ? nil : TailBatch.Match(event: record.event, slots: slots)
        }
        self.machine.tail(
            TailBatch(
                topicPartition: self.log.partitions[read.partition], matches: matches, from: Offset(read.from),
                next: Offset(read.from + Int64(read.records.count))), now: self.now)
        self.carryOut()
    }

    mutating func finishFetch() {
        guard let index = self.fetches.indices.randomElement(using: &self.random) else { return }
        let fetch = self.fetches.remove(at: index)
        defer { self.carryOut() }
        if !self.isQuiescing, self.chance(15) { return self.machine.fetchFailed(fetch, now: self.now) }
        let partition = self.log.index(of: fetch.topicPartition)
        let read = self.log.read(
            partition, from: fetch.from.value, recordsMax: fetch.recordsMax, bytesMax: fetch.bytesMax)
        guard let records = read else {
            let start = Offset(self.log.starts[partition])
            return self.machine.rangeLost(fetch, start: start, now: self.now)
        }
        let subscription = self.machine.specification(at: fetch.slot).flatMap { self.inForce[$0.id] }
        let events = records.filter { record in
            let offset = record.position.offset.value
            if offset < fetch.position { return fetch.reload.contains(offset) }
            return subscription.map { record.matches($0.id, $0.kinds) } ?? false
        }
        self.machine.fetched(
            fetch, events: events.map(\.event), next: Offset(fetch.from.value + Int64(records.count)), now: self.now)
    }

    mutating func passTime() {
        if let deadline = self.machine.nextDeadline, self.isQuiescing || self.chance(60) {
            self.now = max(self.now, deadline)
        } else {
            self.now += Int64.random(in: 1...200, using: &self.random)
        }
        self.machine.advance(now: self.now)
        self.carryOut()
    }

    private mutating func crash() {
        self.statistics.crashes += 1
        // A commit that is under way may be durable although nobody is left to hear of it.
        if let plan = self.plan, self.chance(50) { self.applyPart(of: plan) }
        self.restart()
    }

    /// The process is told to end: it drains for a while, commits, and another takes over.
    private mutating func endGracefully() {
        self.machine.stopSending()
        let sends = self.statistics.sends
        for _ in 0..<Int.random(in: 0...20, using: &self.random) {
            self.answer()
            self.finishDeadLetter()
            self.finishFetch()
            self.now += 1
            self.machine.advance(now: self.now)
            self.carryOut()
        }
        if self.statistics.sends != sends { self.violate("an attempt while the process drains") }
        self.finishCommit()
        self.beginCommit()
        self.finishCommit()
        self.restart()
    }

    /// A partition goes, in two steps between which what is in flight may report, or comes.
    mutating func reassign() {
        guard self.plan == nil else { return }
        if let partition = self.revoking {
            self.beginCommit()
            self.finishCommit()
            return self.letGo(partition)
        }
        let partition = Int.random(in: 0..<self.log.partitions.count, using: &self.random)
        if self.assigned.contains(partition) {
            self.statistics.revokes += 1
            self.machine.beginRevoke(self.log.partitions[partition])
            self.revoking = partition
            self.carryOut()
        } else {
            self.assign(partition)
        }
    }

    /// A partition went without asking, while a commit may be under way.
    private mutating func lose() {
        guard let partition = self.assigned.sorted().randomElement(using: &self.random) else { return }
        self.statistics.losses += 1
        self.letGo(partition)
    }

    private mutating func letGo(_ partition: Int) {
        self.machine.finishRevoke(self.log.partitions[partition])
        if self.revoking == partition { self.revoking = nil }
        self.assigned.remove(partition)
        self.epochs[partition] += 1
        for generation in self.ledgers.keys { self.ledgers[generation]?.forgetLife(partition) }
        self.unplanned.removeAll { $0.partition == partition }
        self.carryOut()
    }

    /// Retention takes the oldest records of a partition.
    private mutating func retain() {
        let partition = Int.random(in: 0..<self.log.partitions.count, using: &self.random)
        let start = self.log.starts[partition] + Int64.random(in: 0...10, using: &self.random)
        self.log.starts[partition] = min(self.log.end(partition), start)
    }

    /// A partition is added; a process that runs finds it now, or only the next one does.
    private mutating func grow() {
        // A subscription that is being created has asked for the partitions already.
        guard self.log.partitions.count < 6, self.work[0].isEmpty,
            self.catalog.values.allSatisfy({ self.inForce[$0.id]?.generation == $0.generation })
        else { return }
        self.statistics.partitionsAdded += 1
        self.addPartition()
        if self.chance(50) { self.assign(self.log.partitions.count - 1) }
    }
}
