import FuzzKit
import Webhooks

/// A router with a spool, its log and its disk, whose every event is drawn from a seed: appends that fail, hang, or are
/// there though they failed; a disk that is full; kills at any moment; starts with what was durable.
struct SpoolWorld {
    struct Delivery: Hashable {
        var id: Int
        var key: Int
        var bytes: Int
        var sentAt: Int
    }

    /// What has begun and not ended.
    enum Operation {
        case direct(Delivery, number: Int64?, isAnswered: Bool)
        case write(Int64, Delivery)
        case drain([Int64])
        case remove([Int64])
    }

    /// What must not be zero over all seeds.
    struct Statistics {
        var accepted = 0
        var spooled = 0
        var refused = 0
        var kills = 0
        var early = 0
        var duplicates = 0
        var drained = 0
        var full = 0
        var notRemoved = 0
    }

    let isAtomic: Bool
    let limits: SpoolLimits
    var generator: SeededRandom
    var machine: SpoolMachine
    var disk: [Int64: Delivery] = [:]
    /// Everything that lies in the log, in its order.
    var log: [Delivery] = []
    var operations: [Operation] = []
    var acceptedAt: [Delivery: Int] = [:]
    var statistics = Statistics()
    var now: Int64 = 1_000
    var step = 0
    var isLogAway = false
    var isDiskFull = false
    private var nextID = 0

    init(seed: UInt64) {
        self.generator = SeededRandom(seed: seed)
        self.isAtomic = seed.isMultiple(of: 2)
        var limits = SpoolLimits()
        limits.bytesMax = 4_000
        limits.deliveriesMax = 30
        limits.drainedMax = 4
        limits.drainedBytesMax = 600
        self.limits = limits
        self.machine = SpoolMachine(limits: limits, isAtomic: self.isAtomic)
    }

    /// One life of some hundred steps, and a calm end; nil where everything held.
    mutating func run() -> String? {
        for _ in 0..<400 {
            self.step += 1
            self.now += Int64.random(in: 0...200, using: &self.generator)
            self.act()
            self.obey()
            if let fault = self.fault() { return "step \(self.step): \(fault)" }
        }
        self.isLogAway = false
        self.isDiskFull = false
        for _ in 0..<4_000 where !self.operations.isEmpty || !self.machine.isEmpty {
            self.now += 1_000
            if !self.operations.isEmpty { self.end(self.operations.startIndex, mayFail: false) }
            self.obey()
        }
        return self.fault() ?? self.finalFault()
    }

    private mutating func act() {
        switch Int.random(in: 0..<100, using: &self.generator) {
        case 0..<45: self.arrive()
        case 45..<85:
            guard let index = self.operations.indices.randomElement(using: &self.generator) else { return }
            self.end(index, mayFail: true)
        case 85..<90: self.handOver()
        case 90..<94: self.isLogAway.toggle()
        case 94..<96: self.isDiskFull.toggle()
        case 96..<98: self.kill()
        default: self.now += 10_000
        }
    }

    private var jitter: Double {
        mutating get { Double.random(in: 0..<1, using: &self.generator) }
    }

    // MARK: What the ingress does

    private mutating func arrive() {
        self.nextID += 1
        let delivery = Delivery(
            id: self.nextID, key: Int.random(in: 0..<5, using: &self.generator),
            bytes: Int.random(in: 50...300, using: &self.generator), sentAt: self.step)
        switch self.machine.arrive(keys: [delivery.key], bytes: delivery.bytes, arrival: self.now) {
        case .direct: self.operations.append(.direct(delivery, number: nil, isAnswered: false))
        case .disk(let number): self.operations.append(.write(number, delivery))
        case .refused: self.statistics.refused += 1
        }
    }

    /// One that is under way takes too long.
    private mutating func handOver() {
        let overdue = self.operations.indices.filter { index in
            if case .direct(_, nil, _) = self.operations[index] { true } else { false }
        }
        guard let index = overdue.randomElement(using: &self.generator),
            case .direct(let delivery, _, _) = self.operations[index]
        else { return }
        let way = self.machine.takeUp(
            keys: [delivery.key], bytes: delivery.bytes, arrival: self.now, isUnderWay: true, now: self.now,
            jitter: self.jitter)
        guard case .disk(let number) = way else { return }
        self.statistics.early += 1
        self.operations[index] = .direct(delivery, number: number, isAnswered: false)
        self.operations.append(.write(number, delivery))
    }

    private mutating func accept(_ delivery: Delivery) {
        if self.acceptedAt[delivery] == nil { self.acceptedAt[delivery] = self.step }
    }

    // MARK: What comes of it

    private mutating func end(_ index: Int, mayFail: Bool) {
        let operation = self.operations.remove(at: index)
        let isOut = mayFail && (self.isLogAway || Int.random(in: 0..<20, using: &self.generator) == 0)
        switch operation {
        case .direct(let delivery, let number, _): self.endDirect(delivery, number, isOut)
        case .write(let number, let delivery):
            if mayFail, self.isDiskFull {
                self.statistics.full += 1
                self.machine.notStored(number, isFatal: false)
            } else {
                self.disk[number] = delivery
                self.machine.stored(number)
                self.accept(delivery)
                self.statistics.spooled += 1
            }
        case .drain(let numbers): self.endDrain(numbers, isOut)
        case .remove(let numbers):
            if mayFail, self.isDiskFull {
                self.statistics.notRemoved += 1
                self.machine.notRemoved(numbers, now: self.now, jitter: self.jitter)
            } else {
                for number in numbers { self.disk[number] = nil }
                self.machine.removed(numbers)
            }
        }
    }

    private mutating func endDirect(_ delivery: Delivery, _ number: Int64?, _ isOut: Bool) {
        if !isOut || self.landsThoughItFailed() { self.log.append(delivery) }
        if let number {
            self.machine.earlyEnded(number, isAppended: !isOut, now: self.now, jitter: self.jitter)
            if !isOut { self.accept(delivery) }
        } else if !isOut {
            self.accept(delivery)
        } else {
            let way = self.machine.takeUp(
                keys: [delivery.key], bytes: delivery.bytes, arrival: self.now, isUnderWay: false, now: self.now,
                jitter: self.jitter)
            if case .disk(let number) = way { self.operations.append(.write(number, delivery)) }
        }
    }

    /// Brokers may have what they did not acknowledge. A transaction that failed is not there.
    private mutating func landsThoughItFailed() -> Bool {
        !self.isAtomic && Int.random(in: 0..<4, using: &self.generator) == 0
    }

    private mutating func endDrain(_ numbers: [Int64], _ isOut: Bool) {
        if self.isAtomic {
            if isOut { return self.machine.failed(numbers, now: self.now, jitter: self.jitter) }
            for number in numbers { self.drained(number) }
            return
        }
        var failed: [Int64] = []
        for number in numbers.shuffled(using: &self.generator) {
            if isOut, Bool.random(using: &self.generator) {
                if let delivery = self.disk[number], self.landsThoughItFailed() { self.log.append(delivery) }
                failed.append(number)
            } else {
                self.drained(number)
            }
        }
        if !failed.isEmpty { self.machine.failed(failed, now: self.now, jitter: self.jitter) }
    }

    private mutating func drained(_ number: Int64) {
        guard let delivery = self.disk[number] else { return }
        self.statistics.drained += 1
        self.log.append(delivery)
        self.machine.appended(number)
    }

    /// Begins everything that the machine wants.
    private mutating func obey() {
        while true {
            switch self.machine.next(now: self.now) {
            case .append(let numbers):
                // On a log that takes all or nothing the marker says what is there already.
                let known =
                    self.isAtomic ? numbers.filter { number in self.log.contains { $0 == self.disk[number] } } : []
                for number in known { self.machine.appended(number, isDuplicate: true) }
                let left = numbers.filter { !known.contains($0) }
                if !left.isEmpty { self.operations.append(.drain(left)) }
            case .remove(let numbers): self.operations.append(.remove(numbers))
            case .wait, .rest: return
            }
        }
    }

    /// Everything that was under way is there or is not; then a start with what was durable.
    private mutating func kill() {
        self.statistics.kills += 1
        for operation in self.operations.shuffled(using: &self.generator) where Bool.random(using: &self.generator) {
            switch operation {
            case .direct(let delivery, _, _): self.log.append(delivery)
            case .write(let number, let delivery): self.disk[number] = delivery
            case .drain(let numbers): for number in numbers { self.disk[number].map { self.log.append($0) } }
            case .remove(let numbers): for number in numbers { self.disk[number] = nil }
            }
        }
        self.operations = []
        self.machine = SpoolMachine(limits: self.limits, isAtomic: self.isAtomic)
        for (number, delivery) in self.disk.sorted(by: { $0.key < $1.key }) {
            self.machine.restore(number, keys: [delivery.key], bytes: delivery.bytes, arrival: self.now)
        }
    }

    // MARK: What must hold

    private func fault() -> String? {
        let figures = self.machine.figures
        if figures.deliveries > self.limits.deliveriesMax { return "\(figures.deliveries) deliveries" }
        if figures.bytes > self.limits.bytesMax { return "\(figures.bytes) bytes" }
        if self.disk.count > figures.deliveries { return "\(self.disk.count) on the disk, \(figures.deliveries) known" }
        for delivery in self.acceptedAt.keys where !self.log.contains(delivery) {
            if !self.disk.values.contains(delivery) { return "\(delivery) was accepted and is nowhere" }
        }
        return nil
    }

    private mutating func finalFault() -> String? {
        self.statistics.accepted = self.acceptedAt.count
        if !self.machine.isEmpty || !self.disk.isEmpty { return "\(self.disk.count) are left on the disk" }
        if self.machine.figures.bytes != 0 { return "\(self.machine.figures.bytes) bytes of nothing" }
        var first: [Delivery: Int] = [:]
        for (index, delivery) in self.log.enumerated() where first[delivery] == nil { first[delivery] = index }
        let duplicates = self.log.count - first.count
        self.statistics.duplicates = duplicates
        if self.isAtomic, duplicates > 0 { return "\(duplicates) duplicates" }
        for (earlier, answered) in self.acceptedAt {
            guard let place = first[earlier] else { return "\(earlier) was accepted and is lost" }
            for (later, itsPlace) in first where later.key == earlier.key && later.sentAt > answered {
                if itsPlace < place { return "\(later) came after \(earlier) was answered, and lies before it" }
            }
        }
        return nil
    }
}
