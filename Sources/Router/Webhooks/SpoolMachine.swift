import DequeModule

/// Decides which deliveries go straight to the log, which go to the disk first, and when those go into the log. A
/// value: it is told what happened and what time it is, and says what is to be done; ``WebhookSpool`` of the ingress
/// does it.
///
/// * A delivery that was answered comes before what came after that answer with the same ordering key: while one waits
///   on the disk, those behind it wait there too, and of one key one is on its way at a time, unless the log takes all
///   or nothing.
/// * Nothing is answered before ``stored(_:)``; nothing is forgotten before the log has it.
/// * The log counts as away from a failure on until something of the disk went in; then one delivery at a time is
///   tried, with growing pauses. While nothing is on the disk everything goes straight.
public struct SpoolMachine: Sendable {
    /// Where a delivery goes.
    public enum Way: Sendable, Hashable {
        /// Into the log.
        case direct
        /// Onto the disk under this number; then ``SpoolMachine/stored(_:)`` or ``SpoolMachine/notStored(_:isFatal:)``.
        case disk(Int64)
        /// Nowhere.
        case refused(SpoolRefusal)
    }

    struct Row: Sendable {
        enum Standing: Sendable {
            /// On the disk, in nobody's hands.
            case waiting
            /// An append of it began before it was written, and has not ended.
            case early
            /// On its way from the disk into the log.
            case draining
            /// In the log, or set aside: to be removed.
            case done
        }

        var keys: [Int]
        var bytes: Int
        var arrival: Int64
        var standing: Standing
        var isStored: Bool
        var isSetAside = false
        var failures = 0
        var notBefore: Int64 = 0
    }

    public let limits: SpoolLimits
    /// Whether one append of the log is all or nothing, so that many deliveries may share it.
    let isAtomic: Bool
    var rows: [Int64: Row] = [:]
    /// The rows that are not done, in their order; and some that are gone.
    var order: Deque<Int64> = []
    var done: [Int64] = []
    /// How many rows that are not done hold each key.
    private var held: [Int: Int] = [:]
    private var nextNumber: Int64 = 1
    private var bytes = 0
    private var setAsideBytes = 0
    var draining = 0
    var drainingBytes = 0
    var isAway = false
    var failures = 0
    var tryAt: Int64 = 0
    var isRemoving = false
    var removalFailures = 0
    var removeAt: Int64 = 0
    private var isBroken = false
    private var counts = SpoolFigures()

    public init(limits: SpoolLimits, isAtomic: Bool) {
        self.limits = limits
        self.isAtomic = isAtomic
    }

    /// Whether everything goes straight.
    public var isEmpty: Bool { self.rows.isEmpty }

    /// Whether a delivery is on the disk, or on its way there.
    public func holds(_ number: Int64) -> Bool { self.rows[number] != nil }

    /// What is on the disk, and what was done.
    public var figures: SpoolFigures {
        var figures = self.counts
        figures.deliveries = self.rows.count
        figures.bytes = self.bytes + self.setAsideBytes
        figures.oldestArrival = self.order.lazy.compactMap { self.rows[$0] }.first { $0.standing != .done }?.arrival
        figures.takes =
            !self.isBroken && self.rows.count < self.limits.deliveriesMax && figures.bytes < self.limits.bytesMax
        return figures
    }

    // MARK: Coming in

    /// What a start found. In the order of the numbers, before anything else.
    public mutating func restore(_ number: Int64, keys: [Int], bytes: Int, arrival: Int64) {
        self.put(number, Row(keys: keys, bytes: bytes, arrival: arrival, standing: .waiting, isStored: true))
    }

    /// What a start found aside.
    public mutating func restoreAside(_ deliveries: Int, bytes: Int) {
        self.counts.setAside += deliveries
        self.setAsideBytes += bytes
    }

    /// Where a delivery goes that has just come.
    public mutating func arrive(keys: [Int], bytes: Int, arrival: Int64) -> Way {
        guard !self.rows.isEmpty, self.isAway || keys.contains(where: { self.held[$0] != nil }) else { return .direct }
        return self.admit(keys, bytes, arrival, .waiting)
    }

    /// Where a delivery goes that the log did not take, or not yet.
    /// - Parameter isUnderWay: its append has not ended; ``earlyEnded(_:isAppended:now:jitter:)`` tells of that.
    public mutating func takeUp(
        keys: [Int], bytes: Int, arrival: Int64, isUnderWay: Bool, now: Int64, jitter: Double
    ) -> Way {
        if !self.isAway || self.rows.isEmpty { self.logFailed(now, jitter) }
        return self.admit(keys, bytes, arrival, isUnderWay ? .early : .waiting)
    }

    private mutating func admit(_ keys: [Int], _ bytes: Int, _ arrival: Int64, _ standing: Row.Standing) -> Way {
        guard !self.isBroken else { return self.refuse(.failed) }
        guard self.rows.count < self.limits.deliveriesMax,
            self.bytes + self.setAsideBytes + bytes <= self.limits.bytesMax
        else { return self.refuse(.limit) }
        let number = self.nextNumber
        self.put(number, Row(keys: keys, bytes: bytes, arrival: arrival, standing: standing, isStored: false))
        return .disk(number)
    }

    private mutating func refuse(_ reason: SpoolRefusal) -> Way {
        self.counts.refused[reason, default: 0] += 1
        return .refused(reason)
    }

    private mutating func put(_ number: Int64, _ row: Row) {
        self.nextNumber = max(self.nextNumber, number + 1)
        self.rows[number] = row
        self.order.append(number)
        self.bytes += row.bytes
        for key in row.keys { self.held[key, default: 0] += 1 }
    }

    /// A delivery is durably on the disk: it may be answered.
    public mutating func stored(_ number: Int64) {
        self.counts.spooled += 1
        self.rows[number]?.isStored = true
        if self.rows[number]?.standing == .done { self.done.append(number) }
    }

    /// A delivery could not be written, and must not be answered with success.
    /// - Parameter isFatal: the file cannot be trusted any more: nothing is taken from now on.
    public mutating func notStored(_ number: Int64, isFatal: Bool) {
        _ = self.refuse(isFatal ? .failed : .disk)
        if isFatal { self.isBroken = true }
        self.forget(number)
    }

    // MARK: Going out

    /// An append that began before its delivery was written has ended.
    public mutating func earlyEnded(_ number: Int64, isAppended: Bool, now: Int64, jitter: Double) {
        guard self.rows[number]?.standing == .early else { return }
        if isAppended {
            self.logAnswered()
            self.finish(number)
        } else {
            self.rows[number]?.standing = .waiting
            if !self.isAway { self.logFailed(now, jitter) }
        }
    }

    /// A delivery that was on its way is in the log.
    /// - Parameter isDuplicate: it was there before.
    public mutating func appended(_ number: Int64, isDuplicate: Bool = false) {
        guard self.endDraining(number) else { return }
        if isDuplicate { self.counts.duplicates += 1 } else { self.counts.drained += 1 }
        if !isDuplicate { self.logAnswered() }
        self.finish(number)
    }

    /// Deliveries that were on their way did not get in, or nobody knows; they are tried again.
    /// - Parameter isAway: the log takes nothing now; false: these alone are in trouble.
    public mutating func failed(_ numbers: [Int64], isAway: Bool = true, now: Int64, jitter: Double) {
        for number in numbers where self.endDraining(number) {
            let failures = (self.rows[number]?.failures ?? 0) + 1
            self.rows[number]?.standing = .waiting
            self.rows[number]?.failures = failures
            self.rows[number]?.notBefore = now + self.limits.pause(after: failures, jitter: jitter)
        }
        if isAway { self.logFailed(now, jitter) }
    }

    /// A delivery that was on its way lies aside now: it cannot be read, or the log never takes it.
    public mutating func setAside(_ number: Int64) {
        guard self.endDraining(number) else { return }
        self.counts.setAside += 1
        self.setAsideBytes += self.rows[number]?.bytes ?? 0
        self.finish(number)
        self.done.removeAll { $0 == number }
        self.forget(number)
    }

    /// Deliveries were removed from the disk.
    public mutating func removed(_ numbers: [Int64]) {
        self.isRemoving = false
        self.removalFailures = 0
        for number in numbers { self.forget(number) }
    }

    /// They could not be removed; that is tried again.
    public mutating func notRemoved(_ numbers: [Int64], now: Int64, jitter: Double) {
        self.isRemoving = false
        self.removalFailures += 1
        self.removeAt = now + self.limits.pause(after: self.removalFailures, jitter: jitter)
        self.done += numbers
    }

    private mutating func endDraining(_ number: Int64) -> Bool {
        guard let row = self.rows[number], row.standing == .draining else { return false }
        self.draining -= 1
        self.drainingBytes -= row.bytes
        return true
    }

    /// Its keys are free: what comes now may go straight.
    private mutating func finish(_ number: Int64) {
        guard let row = self.rows[number] else { return }
        self.release(row)
        self.rows[number]?.standing = .done
        if row.isStored { self.done.append(number) }
        self.tidy()
    }

    private mutating func forget(_ number: Int64) {
        guard let row = self.rows.removeValue(forKey: number) else { return }
        if row.standing != .done { self.release(row) }
        self.bytes -= row.bytes
        self.tidy()
        guard self.rows.isEmpty else { return }
        self.isAway = false
        self.failures = 0
    }

    private mutating func release(_ row: Row) {
        for key in row.keys {
            guard let count = self.held[key] else { continue }
            self.held[key] = count > 1 ? count - 1 : nil
        }
    }

    /// Takes what is done out of the order, as soon as it is in front or more than half.
    private mutating func tidy() {
        while let first = self.order.first, self.isGone(first) { self.order.removeFirst() }
        guard self.order.count > 2 * (self.rows.count - self.done.count) + 1_024 else { return }
        let left = self.order.filter { !self.isGone($0) }
        self.order = left
    }

    private func isGone(_ number: Int64) -> Bool {
        guard let row = self.rows[number] else { return true }
        return row.standing == .done
    }

    private mutating func logAnswered() {
        self.isAway = false
        self.failures = 0
    }

    private mutating func logFailed(_ now: Int64, _ jitter: Double) {
        self.isAway = true
        self.failures += 1
        self.tryAt = now + self.limits.pause(after: self.failures, jitter: jitter)
    }
}
