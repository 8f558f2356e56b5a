import DequeModule
import EventLog
import Subscriptions

/// Which dead letters there are, by tenant and by subscription, each in the order of their offsets.
///
/// A letter takes some 500 bytes, whatever its event takes. How many there are is bounded by the retention of the
/// dead-letter topic, in age and in bytes.
struct DeadLetterIndex: Sendable {
    /// What is known of a dead letter without reading it.
    final class Entry: Sendable {
        let id: String
        let offset: Offset
        let tenant: String
        /// The name it is filed under.
        let subscription: String
        let reason: String
        /// It is of a replay to a sink of its own: there is no subscription that it could be redriven to.
        let isIsolated: Bool

        init(id: String, offset: Offset, tenant: String, subscription: String, reason: String, isIsolated: Bool) {
            self.id = id
            self.offset = offset
            self.tenant = tenant
            self.subscription = subscription
            self.reason = reason
            self.isIsolated = isIsolated
        }
    }

    /// Entries by offset, ascending; those that went stay until they are many.
    private struct Line {
        var entries: Deque<Entry> = []
        var live = 0

        /// Writes that run at the same time may end in any order: an entry goes where its offset says.
        mutating func insert(_ entry: Entry) {
            var place = self.entries.endIndex
            while place > 0, self.entries[place - 1].offset > entry.offset { place -= 1 }
            self.entries.insert(entry, at: place)
            self.live += 1
        }

        /// The place of the first entry at or past an offset.
        func place(of offset: Offset) -> Int {
            var (low, high) = (0, self.entries.count)
            while low < high {
                let middle = (low + high) / 2
                if self.entries[middle].offset < offset { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    private var letters: [String: Entry] = [:]
    /// How many letters that came again there are of an event, by the id of its first letter.
    private var again: [String: Int] = [:]
    private var tenants: [String: Line] = [:]
    private var subscriptions: [SubscriptionID: Line] = [:]

    var count: Int { self.letters.count }

    /// How many letters of a tenant there are.
    func count(tenant: String) -> Int { self.tenants[tenant]?.live ?? 0 }

    subscript(_ id: String) -> Entry? { self.letters[id] }

    /// Whether there is a letter of an event, the first or one that came again.
    func hasLetter(root: String) -> Bool { self.letters[root] != nil || self.again[root] != nil }

    /// A letter that was written again counts with its last offset.
    mutating func insert(_ entry: Entry) {
        if let old = self.letters[entry.id] {
            guard old.offset < entry.offset else { return }
            self.remove(entry.id)
        }
        self.letters[entry.id] = entry
        if let root = DeadLetterID.root(ofAgain: entry.id) { self.again[root, default: 0] += 1 }
        self.tenants[entry.tenant, default: Line()].insert(entry)
        self.subscriptions[Self.name(of: entry), default: Line()].insert(entry)
    }

    /// Removes a letter that lies before an offset, its tombstone's: what was written after that is another.
    mutating func remove(_ id: String, before tombstone: Offset = Offset(.max)) {
        guard let entry = self.letters[id], entry.offset < tombstone else { return }
        self.letters[id] = nil
        if let root = DeadLetterID.root(ofAgain: id) {
            let left = (self.again[root] ?? 0) - 1
            self.again[root] = left > 0 ? left : nil
        }
        Self.settle(&self.tenants[entry.tenant], self.letters)
        Self.settle(&self.subscriptions[Self.name(of: entry)], self.letters)
    }

    /// Removes everything below an offset: retention took it.
    mutating func removeAll(before start: Offset) {
        for line in Array(self.tenants.values) {
            for entry in line.entries.prefix(while: { $0.offset < start }) where self.letters[entry.id] === entry {
                self.remove(entry.id)
            }
        }
    }

    /// Entries of a tenant, or of one subscription, before an offset, newest first.
    func newest(
        tenant: String, subscription: String?, before: Offset?, limit: Int, where isWanted: (Entry) -> Bool
    ) -> [Entry] {
        let line = self.line(tenant, subscription)
        let past = before.map { line.place(of: $0) } ?? line.entries.count
        var found: [Entry] = []
        for entry in line.entries[..<past].reversed() {
            if found.count >= limit { break }
            if self.letters[entry.id] === entry, isWanted(entry) { found.append(entry) }
        }
        return found
    }

    /// Entries of one subscription from an offset on and below another, oldest first.
    func oldest(of id: SubscriptionID, from: Offset, below: Offset, limit: Int) -> [Entry] {
        let line = self.line(id.tenant, id.name)
        var found: [Entry] = []
        for entry in line.entries[line.place(of: from)...] {
            if found.count >= limit || entry.offset >= below { break }
            if self.letters[entry.id] === entry { found.append(entry) }
        }
        return found
    }

    private func line(_ tenant: String, _ subscription: String?) -> Line {
        guard let subscription else { return self.tenants[tenant] ?? Line() }
        return self.subscriptions[SubscriptionID(tenant: tenant, name: subscription)] ?? Line()
    }

    /// Redriving goes from the front: what went there goes at once, what went elsewhere when it is half of the line.
    private static func settle(_ line: inout Line?, _ letters: [String: Entry]) {
        line?.live -= 1
        while let first = line?.entries.first, letters[first.id] !== first { line?.entries.removeFirst() }
        if let (entries, live) = line.map({ ($0.entries.count, $0.live) }), entries > 2 * live + 64 {
            line?.entries.removeAll { letters[$0.id] !== $0 }
        }
        if line?.live == 0 { line = nil }
    }

    private static func name(of entry: Entry) -> SubscriptionID {
        SubscriptionID(tenant: entry.tenant, name: entry.subscription)
    }
}
