import CloudEvents
import EventLog
import NIOCore
import Subscriptions

/// Dead letters as the log's topics have them.
///
/// A tenant's redrives and discards are made one at a time; other tenants do not wait for them.
public final class LogDeadLetterService: DeadLetterService {
    /// Letters that are sent together with their tombstones in one append.
    private struct Parcel {
        var letters: [DeadLetter] = []
        var bytes = 0

        var isFull: Bool { self.bytes >= LogDeadLetterService.parcelBytesMax || self.letters.count >= 1_000 }

        mutating func add(_ letter: DeadLetter) {
            self.letters.append(letter)
            self.bytes += letter.bytes
        }
    }

    /// Bytes of letters in one append, and on one page, before it is closed: the last one may reach past it.
    static let parcelBytesMax = 8 << 20
    /// Entries looked up at a time.
    private static let entriesMax = 1_000
    private let dispatcher: Dispatcher
    private let subscriptions: LogSubscriptionService
    private let gate = KeyedGate<String>()

    public init(dispatcher: Dispatcher, subscriptions: LogSubscriptionService) {
        self.dispatcher = dispatcher
        self.subscriptions = subscriptions
    }

    private var channel: DeadLetterChannel { self.dispatcher.deadLetters }

    /// A tenant's dead letters, newest first, found in memory and read from the log one by one.
    ///
    /// A page is shorter than its limit where letters go while it is read, and where they have more than 8 MiB
    /// together; only a nil cursor says that it is the last.
    /// - Throws: `invalid` for a cursor that no earlier page gave; `unavailable`.
    public func list(
        tenant: String, subscription: String?, reason: String?, page: PageRequest
    ) async throws(ServiceError) -> Page<DeadLetter> {
        let before = try Self.offset(page.cursor)
        try await self.catchUp()
        let entries = self.channel.newest(
            tenant: tenant, subscription: subscription, before: before, limit: page.limit + 1
        ) { entry in reason.map { entry.reason == $0 } ?? true }
        var items: [DeadLetter] = []
        var bytes = 0
        for (index, entry) in entries.prefix(page.limit).enumerated() {
            if let letter = try await self.letter(entry) {
                items.append(letter)
                bytes += letter.bytes
            }
            if bytes >= Self.parcelBytesMax, index + 1 < entries.count {
                return Page(items: items, nextCursor: entry.offset.description)
            }
        }
        let hasMore = entries.count > page.limit
        return Page(items: items, nextCursor: hasMore ? entries[page.limit - 1].offset.description : nil)
    }

    /// How many dead letters of a tenant are kept, as far as this process knows of what retention has taken.
    /// - Throws: `unavailable`.
    public func count(tenant: String) async throws(ServiceError) -> Int {
        try await self.catchUp()
        return self.channel.count(tenant: tenant)
    }

    /// One dead letter with its event, read from the log.
    /// - Throws: `notFound` where it was redriven or discarded, never was, or is another tenant's; `unavailable`.
    public func get(_ id: String, tenant: String) async throws(ServiceError) -> DeadLetter {
        try await self.catchUp()
        guard let entry = self.channel.entry(id, tenant: tenant), let letter = try await self.letter(entry) else {
            throw Self.unknown(id)
        }
        return letter
    }

    /// Appends the events to the redrive topic, and the tombstones of their dead letters: in the same append, or, where
    /// the log appends nothing all or nothing, right after, so that a fault or a crash in between leaves letters that
    /// were sent: redriven again they are sent again. Sending goes on after this returns; an event that fails again is
    /// a dead letter again.
    ///
    /// Processes that share a log look whether a letter is still there right before they send it; two that redrive it
    /// in the same moment may still send it twice.
    ///
    /// Oldest first, as they became dead letters, some 8 MiB in one append: a fault leaves sent what was sent before.
    /// Of a whole subscription go those that there are when this begins. An id named twice is sent once.
    /// - Throws: `notFound` for an unknown id (then nothing is sent) or subscription; `conflict` where the subscription
    ///   of a letter is gone, or the letter is of a replay to a sink of its own; `unprocessable` for a filter that
    ///   cannot be used; `unavailable`.
    public func redrive(_ selection: RedriveSelection, tenant: String) async throws(ServiceError) -> Int {
        await self.gate.enter(tenant)
        defer { self.gate.leave(tenant) }
        try await self.catchUp()
        try await self.subscriptions.catchUp()
        switch selection {
        case .ids(let ids, let filters):
            let filter = try Self.compile(filters)
            var entries: [DeadLetterChannel.Entry] = []
            for id in Set(ids) {
                guard let entry = self.channel.entry(id, tenant: tenant) else { throw Self.unknown(id) }
                entries.append(entry)
            }
            entries.sort { $0.offset < $1.offset }
            if let isolated = entries.first(where: \.isIsolated) { throw Self.isolated(isolated.subscription) }
            for name in Set(entries.map(\.subscription)).sorted() {
                let id = SubscriptionID(tenant: tenant, name: name)
                guard let stored = self.subscriptions.stored(id) else { throw Self.gone(name) }
                try self.checkRedrivable(stored.subscription)
            }
            return try await self.send(entries, matching: filter)
        case .subscription(let name, let filters):
            let id = SubscriptionID(tenant: tenant, name: name)
            return try await self.redriveAll(of: id, matching: Self.compile(filters))
        }
    }

    private func redriveAll(
        of id: SubscriptionID, matching filter: CompiledFilter
    ) async throws(ServiceError) -> Int {
        let end = self.channel.end
        if let stored = self.subscriptions.stored(id) { try self.checkRedrivable(stored.subscription) }
        if !self.subscriptions.isKnown(id) {
            guard let first = self.channel.oldest(of: id, from: .zero, below: end, limit: 1).first else {
                throw ServiceError(.notFound, "there is no subscription '\(id.name)', and no dead letter of one")
            }
            throw first.isIsolated ? Self.isolated(id.name) : Self.gone(id.name)
        }
        var from = Offset.zero
        var count = 0
        while true {
            let entries = self.channel.oldest(of: id, from: from, below: end, limit: Self.entriesMax)
            guard let last = entries.last else { return count }
            from = last.offset.next
            count += try await self.send(entries.filter { !$0.isIsolated }, matching: filter)
        }
    }

    private func send(
        _ entries: [DeadLetterChannel.Entry], matching filter: CompiledFilter
    ) async throws(ServiceError) -> Int {
        var parcel = Parcel()
        var count = 0
        for entry in entries {
            guard let letter = try await self.letter(entry), filter.matches(letter.event) else { continue }
            parcel.add(letter)
            if parcel.isFull {
                count += try await self.send(parcel)
                parcel = Parcel()
            }
        }
        return try await count + self.send(parcel)
    }

    /// Puts letters on their way and removes them from the channel.
    private func send(_ parcel: Parcel) async throws(ServiceError) -> Int {
        let letters = try await self.present(parcel.letters)
        guard !letters.isEmpty else { return 0 }
        let ids = letters.map(\.id)
        let sent = letters.map { self.channel.redriveRecord($0) }
        let taken = ids.map { self.channel.tombstone($0) } + self.channel.journalRecords(letters, outcome: .redriven)
        let log = self.dispatcher.log
        do {
            if log.appendsAtomically {
                let positions = try await log.append(sent + taken)
                self.channel.forget(ids, tombstones: positions.dropFirst(ids.count).prefix(ids.count))
            } else {
                _ = try await log.append(sent)
                self.channel.forget(ids, tombstones: try await log.append(taken).prefix(ids.count))
            }
        } catch { throw ServiceError(error) }
        return letters.count
    }

    /// Those that nobody has redriven or discarded since they were read.
    private func present(_ letters: [DeadLetter]) async throws(ServiceError) -> [DeadLetter] {
        guard self.dispatcher.log.isShared, !letters.isEmpty else { return letters }
        try await self.catchUp()
        return letters.filter { self.channel.entry($0.id, tenant: $0.tenant) != nil }
    }

    /// On a shared log: knows what other processes did before this call.
    private func catchUp() async throws(ServiceError) {
        guard self.dispatcher.log.isShared else { return }
        do { try await self.channel.catchUp() } catch { throw ServiceError(error) }
    }

    /// Appends the tombstone of a dead letter: durably gone when this returns. One discard or redrive of a tenant at a
    /// time.
    /// - Throws: `notFound`, also for another tenant's; `unavailable`.
    public func discard(_ id: String, tenant: String) async throws(ServiceError) {
        await self.gate.enter(tenant)
        defer { self.gate.leave(tenant) }
        try await self.catchUp()
        guard let entry = self.channel.entry(id, tenant: tenant), let letter = try await self.letter(entry) else {
            throw Self.unknown(id)
        }
        let journal = self.channel.journalRecords([letter], outcome: .discarded)
        do {
            let positions = try await self.dispatcher.log.append([self.channel.tombstone(id)] + journal)
            self.channel.forget([id], tombstones: positions)
        } catch { throw ServiceError(error) }
    }

    private func letter(_ entry: DeadLetterChannel.Entry) async throws(ServiceError) -> DeadLetter? {
        do { return try await self.channel.letter(entry) } catch { throw ServiceError(error) }
    }

    private static func compile(_ filters: [Filter]) throws(ServiceError) -> CompiledFilter {
        do { return try CompiledFilter(allOf: filters) } catch {
            throw ServiceError(
                .unprocessable, "a filter cannot be used: \(error.detail)",
                errors: [.init(pointer: "/filters\(error.pointer)", detail: error.detail)])
        }
    }

    /// What the log routes by itself is fed from event topics only.
    private func checkRedrivable(_ subscription: Subscription) throws(ServiceError) {
        guard self.dispatcher.isRouted(subscription) else { return }
        throw ServiceError(
            .conflict,
            "the log sends the events of '\(subscription.id.name)' by itself, and no dead letters: replay the event, "
                + "or discard the letter")
    }

    private static func unknown(_ id: String) -> ServiceError {
        ServiceError(.notFound, "there is no dead letter '\(id)': it was redriven or discarded, or never was")
    }

    private static func gone(_ name: String) -> ServiceError {
        ServiceError(.conflict, "the subscription '\(name)' is gone: create it again, or discard its dead letters")
    }

    private static func isolated(_ name: String) -> ServiceError {
        ServiceError(
            .conflict,
            "the dead letters of '\(name)' are of a replay to a sink of its own, which no subscription is: "
                + "create another replay to that sink, or discard them")
    }

    private static func offset(_ cursor: String?) throws(ServiceError) -> Offset? {
        guard let cursor else { return nil }
        guard let value = Int64(cursor) else {
            throw ServiceError(unknownCursor: "use nextCursor of the page before")
        }
        return Offset(value)
    }
}

extension DeadLetter {
    /// What it counts for in appends and pages.
    fileprivate var bytes: Int {
        self.event.attributes.bytes.readableBytes + (self.event.data?.readableBytes ?? 0) + 512
    }
}
