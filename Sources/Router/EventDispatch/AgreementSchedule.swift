import Subscriptions

/// Decides which targets are asked when: those that have waited longest first, and of one tenant only so many at the
/// same time that targets which do not answer hold up nobody else's. Times are of the monotonic clock, in milliseconds.
struct AgreementSchedule: Sendable {
    private struct Entry {
        var dueAt: Int64
        var askedAt: Int64?
        var isBeingAsked = false
        /// What is not wanted any more is kept until it may be asked again: who comes back has waited like all others.
        var isWanted = true

        func mayBeAsked(at now: Int64) -> Bool { self.isWanted && !self.isBeingAsked && self.dueAt <= now }

        func mayGo(at now: Int64) -> Bool {
            guard !self.isWanted, !self.isBeingAsked else { return false }
            return self.askedAt.map { now - $0 >= AgreementSchedule.spacingMilliseconds } ?? true
        }
    }

    /// Targets that are asked at the same time.
    static let asksMax = 32
    /// Of these, targets of one tenant.
    static let asksPerTenantMax = 4
    /// A target is asked no oftener, whatever people do.
    static let spacingMilliseconds: Int64 = 1_000

    private let intervalMilliseconds: Int64
    private var entries: [SubscriptionID: Entry] = [:]

    /// - Parameter intervalMilliseconds: after how long who has not agreed is asked again.
    init(intervalMilliseconds: Int64) {
        self.intervalMilliseconds = intervalMilliseconds
    }

    /// As soon as it may be asked.
    mutating func expect(_ id: SubscriptionID, now: Int64) {
        var entry = self.entries[id] ?? Entry(dueAt: now)
        entry.isWanted = true
        entry.dueAt = max(now, (entry.askedAt ?? .min / 2) + Self.spacingMilliseconds)
        self.entries[id] = entry
    }

    mutating func forget(_ id: SubscriptionID, now: Int64) {
        self.entries[id]?.isWanted = false
        self.clear(id, now: now)
    }

    private mutating func clear(_ id: SubscriptionID, now: Int64) {
        if self.entries[id]?.mayGo(at: now) == true { self.entries[id] = nil }
    }

    /// Whether there is something to do for ``takeDue(now:)``, were there places.
    func needsLook(now: Int64) -> Bool {
        self.entries.values.contains { $0.mayBeAsked(at: now) || $0.mayGo(at: now) }
    }

    /// Whose turn it is. Each has to be told of with ``asked(_:isStillWanted:now:)``.
    mutating func takeDue(now: Int64) -> [SubscriptionID] {
        for id in self.entries.filter({ $0.value.mayGo(at: now) }).keys { self.entries[id] = nil }
        var asks: [String: Int] = [:]
        var free = Self.asksMax
        for (id, entry) in self.entries where entry.isBeingAsked {
            asks[id.tenant, default: 0] += 1
            free -= 1
        }
        guard free > 0 else { return [] }
        let due = self.entries
            .filter { $0.value.mayBeAsked(at: now) && asks[$0.key.tenant, default: 0] < Self.asksPerTenantMax }
            .sorted { ($0.value.dueAt, $0.key) < ($1.value.dueAt, $1.key) }
        var taken: [SubscriptionID] = []
        for (id, _) in due where free > 0 && asks[id.tenant, default: 0] < Self.asksPerTenantMax {
            asks[id.tenant, default: 0] += 1
            free -= 1
            self.entries[id]?.isBeingAsked = true
            taken.append(id)
        }
        return taken
    }

    /// The answer, or that there is none, has been dealt with.
    mutating func asked(_ id: SubscriptionID, isStillWanted: Bool, now: Int64) {
        guard var entry = self.entries[id] else { return }
        entry.isBeingAsked = false
        entry.askedAt = now
        if !isStillWanted { entry.isWanted = false }
        // A change that came meanwhile has made it due already.
        entry.dueAt = max(
            entry.dueAt <= now ? now + self.intervalMilliseconds : entry.dueAt, now + Self.spacingMilliseconds)
        self.entries[id] = entry
    }
}
