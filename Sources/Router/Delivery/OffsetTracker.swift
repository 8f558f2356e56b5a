import DequeModule

/// What one subscription has settled in one partition: the gap map.
///
/// Every offset below ``position`` is settled unless it is in the list of unsettled ones. The list is bounded by the
/// window of the subscription, so the cursor always fits a commit, however far a single stuck event lags behind.
public struct OffsetTracker: Sendable {
    private enum State: UInt8 {
        /// Unsettled, and its event is not in memory: to be read again.
        case unloaded
        /// Unsettled, and its event waits or is in flight.
        case held
        case settled
    }

    private struct Entry {
        let offset: Int64
        var state: State
    }

    /// The next offset to be read for the subscription. While it is attached to the tail this is only a floor:
    /// records below it are not (or no longer) its business.
    public internal(set) var position: Int64
    private var entries: Deque<Entry> = []
    private var settledInside = 0
    /// How many offsets below ``position`` are not settled.
    public private(set) var unsettledCount = 0
    /// How many of those have to be read again.
    public private(set) var unloadedCount = 0

    public init(position: Int64, unsettled: [Int64] = []) {
        self.position = position
        self.entries = Deque(unsettled.map { Entry(offset: $0, state: .unloaded) })
        self.unsettledCount = unsettled.count
        self.unloadedCount = unsettled.count
    }

    /// How many offsets are remembered, settled ones between unsettled ones included.
    var trackedCount: Int { self.entries.count }

    /// The lowest offset that is not settled; nil where all that was read is.
    public var lowestUnsettled: Int64? { self.entries.first?.offset }

    /// The lowest offset that has to be read again.
    public var firstUnloaded: Int64? {
        guard self.unloadedCount > 0 else { return nil }
        return self.entries.first { $0.state == .unloaded }?.offset
    }

    /// All unsettled offsets, ascending.
    public var unsettled: [Int64] { self.entries.compactMap { $0.state == .settled ? nil : $0.offset } }

    /// All offsets to be read again, ascending.
    public var unloaded: [Int64] {
        self.unloadedCount == 0 ? [] : self.entries.compactMap { $0.state == .unloaded ? $0.offset : nil }
    }

    /// A new offset, above all before, is held.
    public mutating func hold(_ offset: Int64) {
        self.entries.append(Entry(offset: offset, state: .held))
        self.unsettledCount += 1
    }

    /// An offset that was to be read again is held now. False where it is not waited for.
    public mutating func load(_ offset: Int64) -> Bool {
        guard let index = self.index(of: offset), self.entries[index].state == .unloaded else { return false }
        self.entries[index].state = .held
        self.unloadedCount -= 1
        return true
    }

    /// A held offset leaves memory and has to be read again.
    public mutating func unload(_ offset: Int64) {
        guard let index = self.index(of: offset), self.entries[index].state == .held else { return }
        self.entries[index].state = .unloaded
        self.unloadedCount += 1
    }

    /// An offset has found its fate. False where it was settled before.
    @discardableResult
    public mutating func settle(_ offset: Int64) -> Bool {
        guard let index = self.index(of: offset), self.entries[index].state != .settled else { return false }
        if self.entries[index].state == .unloaded { self.unloadedCount -= 1 }
        self.entries[index].state = .settled
        self.unsettledCount -= 1
        self.settledInside += 1
        while self.entries.first?.state == .settled {
            self.entries.removeFirst()
            self.settledInside -= 1
        }
        // A stuck head must not let settled entries pile up behind it.
        if self.settledInside > self.unsettledCount + 64 {
            self.entries = self.entries.filter { $0.state != .settled }
            self.settledInside = 0
        }
        return true
    }

    /// Settles offsets to be read again that lie below `limit` because the log no longer has them. Gives how many.
    public mutating func forgetUnloaded(below limit: Int64) -> Int64 {
        guard self.unloadedCount > 0 else { return 0 }
        let lost = self.unloaded.prefix { $0 < limit }
        for offset in lost { self.settle(offset) }
        return Int64(lost.count)
    }

    private func index(of offset: Int64) -> Int? {
        var low = self.entries.startIndex
        var high = self.entries.endIndex
        while low < high {
            let middle = (low + high) / 2
            if self.entries[middle].offset < offset { low = middle + 1 } else { high = middle }
        }
        return low < self.entries.endIndex && self.entries[low].offset == offset ? low : nil
    }
}
