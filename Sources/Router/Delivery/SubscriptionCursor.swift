import EventLog

/// The durable form of a subscription's place in one partition: what a commit's offset and metadata say.
///
/// The committed offset is the lowest unsettled one, as lag tools expect it. The metadata is one line of text:
/// `1 generation mode position-distance delivered dead-lettered gaps`, numbers in base 36, gaps as ranges relative to
/// the committed offset (`0-4,7`).
public struct SubscriptionCursor: Sendable, Hashable {
    /// No more are written, so that a text that is damaged cannot mean any number of them.
    private static let unsettledMax = 100_000
    /// Which subscription of this id wrote it: an heir of the id ignores it.
    public var generation: String
    /// Whether the tail's own commit waits for the subscription no longer.
    public var isDetached: Bool
    /// Everything below is settled, but for ``unsettled``.
    public var position: Int64
    /// Ascending, all below ``position``.
    public var unsettled: [Int64]
    /// How many events were delivered and dead-lettered through this cursor.
    public var delivered: Int64
    public var deadLettered: Int64

    public init(
        generation: String, isDetached: Bool, position: Int64, unsettled: [Int64] = [], delivered: Int64 = 0,
        deadLettered: Int64 = 0
    ) {
        self.generation = generation
        self.isDetached = isDetached
        self.position = position
        self.unsettled = unsettled
        self.delivered = delivered
        self.deadLettered = deadLettered
    }

    /// The same, or where its partition has become shorter than it says: back at the end.
    ///
    /// That one is detached, so that it is committed before anybody counts as attached: what was committed must not be
    /// found again when the partition is as long as it was, with other records.
    /// - Parameters:
    ///   - end: where what the cursor knows of ends.
    ///   - tail: what is committed for all attached subscriptions: who is one of them has settled what lies below.
    public func limited(to end: Offset, tail: Offset) -> Self {
        guard self.position > end.value else { return self }
        var limited = self
        let settled = self.isDetached ? .min : tail.value
        limited.position = end.value
        limited.unsettled.removeAll { $0 >= end.value || $0 < settled }
        limited.isDetached = true
        return limited
    }

    /// The same, or where its text is too long a beginning that fits: unread from the first offset that had no place.
    func fitting(metadataBytesMax: Int) -> Self {
        var fitting = self
        while fitting.unsettled.count > 1,
            fitting.unsettled.count > Self.unsettledMax || fitting.committed.metadata.utf8.count > metadataBytesMax
        {
            let kept = fitting.unsettled.count / 2
            fitting.position = fitting.unsettled[kept]
            fitting.unsettled.removeLast(fitting.unsettled.count - kept)
        }
        return fitting
    }

    /// What is committed.
    public var committed: CommittedOffset {
        let base = self.unsettled.first ?? self.position
        let fields = [
            "1", self.generation, self.isDetached ? "d" : "a", Self.text(self.position - base),
            Self.text(self.delivered),
            Self.text(self.deadLettered), Self.ranges(self.unsettled, base: base),
        ]
        return CommittedOffset(offset: Offset(base), metadata: fields.joined(separator: " "))
    }

    /// Reads what was committed; nil where the metadata is not of this form.
    public init?(_ committed: CommittedOffset) {
        let fields = committed.metadata.split(separator: " ", omittingEmptySubsequences: false)
        guard fields.count == 7, fields[0] == "1", fields[2] == "a" || fields[2] == "d",
            let distance = Int64(fields[3], radix: 36), let delivered = Int64(fields[4], radix: 36),
            let deadLettered = Int64(fields[5], radix: 36), distance >= 0
        else { return nil }
        let (position, isOverflow) = committed.offset.value.addingReportingOverflow(distance)
        guard !isOverflow, let unsettled = Self.offsets(fields[6], base: committed.offset.value, count: distance) else {
            return nil
        }
        self.generation = String(fields[1])
        self.isDetached = fields[2] == "d"
        self.position = position
        self.unsettled = unsettled
        self.delivered = delivered
        self.deadLettered = deadLettered
    }

    private static func text(_ value: Int64) -> String { String(value, radix: 36) }

    private static func ranges(_ offsets: [Int64], base: Int64) -> String {
        var parts: [String] = []
        var index = 0
        while index < offsets.count {
            var last = index
            while last + 1 < offsets.count, offsets[last + 1] == offsets[last] + 1 { last += 1 }
            let first = Self.text(offsets[index] - base)
            parts.append(last == index ? first : "\(first)-\(Self.text(offsets[last] - base))")
            index = last + 1
        }
        return parts.joined(separator: ",")
    }

    /// nil where the ranges are malformed, not ascending, too many, or reach past the position.
    private static func offsets(_ text: Substring, base: Int64, count: Int64) -> [Int64]? {
        var offsets: [Int64] = []
        for part in text.split(separator: ",") {
            let ends = part.split(separator: "-", maxSplits: 1)
            guard let first = ends.first.flatMap({ Int64($0, radix: 36) }),
                let last = ends.last.flatMap({ Int64($0, radix: 36) }), first <= last, first >= 0, last < count,
                last - first < Self.unsettledMax - offsets.count, offsets.last.map({ $0 < base + first }) ?? true
            else { return nil }
            offsets.append(contentsOf: (base + first)...(base + last))
        }
        return offsets
    }
}
