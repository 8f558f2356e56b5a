/// A token bucket: so many a second in the long run, so many at once after a quiet time. Whole numbers only, so that
/// nothing is lost or won by rounding.
///
/// More than the bucket holds may be taken when it is full; it then owes the rest, and gives nothing until that is paid
/// back. So a large batch neither waits for ever nor passes the rate. A value without a clock: times are milliseconds
/// given by the caller; one that goes backwards adds nothing.
public struct TokenBucket: Sendable, Hashable {
    /// Tokens a second, `1...1000000000000`.
    public let perSecond: Int
    /// Tokens that it holds, `1...1000000000000`.
    public let capacity: Int
    /// Below 0 are debts.
    private var level: Int
    /// What has come beside whole tokens, in thousandths of one: `0..<1000`.
    private var rest = 0
    private var filledAt: Int64

    /// A full bucket. Values out of range are brought into it.
    public init(perSecond: Int, capacity: Int, now: Int64) {
        let valueMax = 1_000_000_000_000
        self.perSecond = min(max(perSecond, 1), valueMax)
        self.capacity = min(max(capacity, 1), valueMax)
        self.level = self.capacity
        self.filledAt = now
    }

    /// The same amount in a bucket of another size and rate: a change must not be a way to a full bucket.
    public func resized(perSecond: Int, capacity: Int, now: Int64) -> TokenBucket {
        var old = self
        old.fill(now: now)
        var bucket = TokenBucket(perSecond: perSecond, capacity: capacity, now: now)
        let missing = old.capacity - old.level
        bucket.level = missing == 0 ? bucket.capacity : min(bucket.capacity, old.level)
        return bucket
    }

    /// Tokens that are there; 0 while it owes some.
    public func available(now: Int64) -> Int { max(0, self.filled(now: now).level) }

    /// How long until `count` can be taken, in milliseconds; 0: now.
    public func wait(for count: Int, now: Int64) -> Int64 {
        let bucket = self.filled(now: now)
        return bucket.time(for: min(count, self.capacity))
    }

    /// How long until it is full, in milliseconds.
    public func timeToFull(now: Int64) -> Int64 { self.filled(now: now).time(for: self.capacity) }

    /// How long an empty one takes to be full, in milliseconds, rounded up.
    public var window: Int64 { Int64((self.capacity * 1_000 + self.perSecond - 1) / self.perSecond) }

    /// Takes `count`, whether they are there or not: who asks ``wait(for:now:)`` first takes no more than there are.
    public mutating func take(_ count: Int, now: Int64) {
        self.fill(now: now)
        // Debts have a bound, so that no sum of requests can overflow.
        self.level = max(self.level - min(max(count, 0), Self.debtMax), -Self.debtMax)
    }

    /// Puts back what was taken for nothing.
    public mutating func giveBack(_ count: Int) { self.level = min(self.capacity, self.level + max(0, count)) }

    private static let debtMax = 1_000_000_000_000

    private func time(for level: Int) -> Int64 {
        guard self.level < level else { return 0 }
        let missing = (level - self.level) * 1_000 - self.rest
        return Int64((missing + self.perSecond - 1) / self.perSecond)
    }

    private func filled(now: Int64) -> TokenBucket {
        var bucket = self
        bucket.fill(now: now)
        return bucket
    }

    private mutating func fill(now: Int64) {
        guard now > self.filledAt else { return }
        defer { self.filledAt = now }
        // Longer than it takes to be full is as good as that, and cannot overflow.
        let elapsed = Int(min(now - self.filledAt, self.time(for: self.capacity)))
        let thousandths = elapsed * self.perSecond + self.rest
        self.level += thousandths / 1_000
        self.rest = thousandths % 1_000
        if self.level >= self.capacity {
            self.level = self.capacity
            self.rest = 0
        }
    }
}
