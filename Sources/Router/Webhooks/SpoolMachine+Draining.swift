extension SpoolMachine {
    /// What is to be done next. There may be several at the same time; ask again until there is nothing.
    public enum Step: Sendable, Hashable {
        /// Append these: all in one where the log takes all or nothing, else each by itself. Then tell of each with
        /// ``SpoolMachine/appended(_:isDuplicate:)``, ``SpoolMachine/failed(_:isAway:now:jitter:)`` or
        /// ``SpoolMachine/setAside(_:)``.
        case append([Int64])
        /// Remove these from the disk; then ``SpoolMachine/removed(_:)`` or
        /// ``SpoolMachine/notRemoved(_:now:jitter:)``.
        case remove([Int64])
        /// Nothing before this time, in milliseconds, or before something changes.
        case wait(until: Int64)
        /// Nothing before something changes.
        case rest
    }

    /// Rows that one search looks at.
    private static let searchedMax = 4_096
    /// Rows that are removed together.
    private static let removedMax = 1_024

    /// The next step.
    public mutating func next(now: Int64) -> Step {
        var wake = Int64.max
        if !self.done.isEmpty, !self.isRemoving {
            if self.removeAt <= now || self.removalFailures == 0 { return .remove(self.takeDone()) }
            wake = self.removeAt
        }
        if self.mayBegin(now: now, &wake) {
            let numbers = self.choose(now: now, &wake)
            if !numbers.isEmpty { return .append(numbers) }
        }
        return wake == .max ? .rest : .wait(until: wake)
    }

    private mutating func takeDone() -> [Int64] {
        self.isRemoving = true
        let numbers = Array(self.done.prefix(Self.removedMax))
        self.done.removeFirst(numbers.count)
        return numbers
    }

    private func mayBegin(now: Int64, _ wake: inout Int64) -> Bool {
        if self.order.isEmpty { return false }
        if self.isAway {
            guard self.draining == 0 else { return false }
            guard self.tryAt <= now else {
                wake = min(wake, self.tryAt)
                return false
            }
        }
        // What shares an append is known to be in or out before the next begins.
        return self.isAtomic ? self.draining == 0 : self.draining < self.limits.drainedMax
    }

    /// The first ones in order that no earlier one of their keys holds up.
    private mutating func choose(now: Int64, _ wake: inout Int64) -> [Int64] {
        let most = self.isAway ? 1 : self.limits.drainedMax - self.draining
        var chosen: [Int64] = []
        var blocked: Set<Int> = []
        for number in self.order.prefix(Self.searchedMax) {
            guard let row = self.rows[number], row.standing != .done else { continue }
            let isFree = row.keys.allSatisfy { !blocked.contains($0) }
            let isDue = row.notBefore <= now
            if row.standing == .waiting, row.isStored, isFree, !isDue { wake = min(wake, row.notBefore) }
            guard row.standing == .waiting, row.isStored, isFree, isDue else {
                blocked.formUnion(row.keys)
                continue
            }
            guard self.drainingBytes == 0 || self.drainingBytes + row.bytes <= self.limits.drainedBytesMax else {
                break
            }
            if !self.isAtomic { blocked.formUnion(row.keys) }
            self.rows[number]?.standing = .draining
            self.draining += 1
            self.drainingBytes += row.bytes
            chosen.append(number)
            if chosen.count == most { break }
        }
        return chosen
    }
}
