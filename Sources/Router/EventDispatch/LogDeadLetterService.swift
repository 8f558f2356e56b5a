import EventLog
import Subscriptions

/// Dead letters as the log's topics have them.
public final class LogDeadLetterService: DeadLetterService {
    private let dispatcher: Dispatcher
    private let subscriptions: LogSubscriptionService
    private let gate = SerialGate()

    public init(dispatcher: Dispatcher, subscriptions: LogSubscriptionService) {
        self.dispatcher = dispatcher
        self.subscriptions = subscriptions
    }

    /// A tenant's dead letters, newest first, found in memory and read from the log one by one.
    ///
    /// A page is shorter than its limit where letters go while it is read; only a nil cursor says that it is the last.
    /// - Throws: `invalid` for a cursor that no earlier page gave; `unavailable`.
    public func list(
        tenant: String, subscription: String?, reason: String?, page: PageRequest
    ) async throws(ServiceError) -> Page<DeadLetter> {
        let before = try Self.offset(page.cursor)
        let entries = self.dispatcher.deadLetters.entries(tenant: tenant, before: before, limit: page.limit + 1) {
            entry in
            (subscription.map { entry.subscription == $0 } ?? true) && (reason.map { entry.reason == $0 } ?? true)
        }
        var items: [DeadLetter] = []
        for entry in entries.prefix(page.limit) {
            if let letter = try await self.letter(entry.id, tenant) { items.append(letter) }
        }
        let hasMore = entries.count > page.limit
        return Page(items: items, nextCursor: hasMore ? entries[page.limit - 1].offset.description : nil)
    }

    /// One dead letter with its event, read from the log.
    /// - Throws: `notFound` where it was redriven or discarded, never was, or is another tenant's; `unavailable`.
    public func get(_ id: String, tenant: String) async throws(ServiceError) -> DeadLetter {
        guard let letter = try await self.letter(id, tenant) else { throw Self.unknown(id) }
        return letter
    }

    /// Appends the events to the redrive topic, and in the same append the tombstones of their dead letters. Sending
    /// goes on after this returns; an event that fails again becomes a new dead letter.
    ///
    /// One redrive or discard at a time. Ids are all or nothing, and an id named twice is sent once. A whole
    /// subscription is sent 200 dead letters at a time, the newest 200 first, the oldest first within each: a fault
    /// leaves sent what was sent before.
    /// - Throws: `notFound` for an unknown id; `conflict` where the subscription of a letter is gone; `unprocessable`
    ///   for a filter that cannot be used; `limitExceeded` for more than one append takes; `unavailable`.
    public func redrive(_ selection: RedriveSelection, tenant: String) async throws(ServiceError) -> Int {
        await self.gate.enter()
        defer { self.gate.leave() }
        switch selection {
        case .ids(let ids):
            var letters: [DeadLetter] = []
            for id in Set(ids).sorted() {
                guard let letter = try await self.letter(id, tenant) else { throw Self.unknown(id) }
                letters.append(letter)
            }
            return try await self.send(letters)
        case .subscription(let name, let filters):
            return try await self.redriveAll(of: name, filters: filters, tenant: tenant)
        }
    }

    private func redriveAll(of name: String, filters: [Filter], tenant: String) async throws(ServiceError) -> Int {
        let filter: CompiledFilter
        do { filter = try CompiledFilter(allOf: filters) } catch {
            throw ServiceError(error)
        }
        var before: Offset?
        var count = 0
        while true {
            let entries = self.dispatcher.deadLetters.entries(tenant: tenant, before: before, limit: 200) {
                $0.subscription == name
            }
            guard let last = entries.last else { return count }
            before = last.offset
            var letters: [DeadLetter] = []
            for entry in entries {
                if let letter = try await self.letter(entry.id, tenant), filter.matches(letter.event) {
                    letters.append(letter)
                }
            }
            count += try await self.send(letters)
        }
    }

    /// Puts letters on their way and removes them from the channel, all or nothing where the log can.
    private func send(_ letters: [DeadLetter]) async throws(ServiceError) -> Int {
        guard !letters.isEmpty else { return 0 }
        for name in Set(letters.map(\.subscription)) {
            guard self.subscriptions.isKnown(SubscriptionID(tenant: letters[0].tenant, name: name)) else {
                throw ServiceError(
                    .conflict, "the subscription '\(name)' is gone: create it again, or discard its dead letters")
            }
        }
        let channel = self.dispatcher.deadLetters
        // Oldest first, so that order inside a key is kept.
        let ordered = letters.sorted { ($0.at, $0.id) < ($1.at, $1.id) }
        let records = ordered.map { channel.redriveRecord($0) } + ordered.map { channel.tombstone($0.id) }
        do { _ = try await self.dispatcher.log.append(records) } catch { throw ServiceError(error) }
        channel.forget(ordered.map(\.id))
        return ordered.count
    }

    /// Appends the tombstone of a dead letter: durably gone when this returns. One discard or redrive at a time.
    /// - Throws: `notFound`, also for another tenant's; `unavailable`.
    public func discard(_ id: String, tenant: String) async throws(ServiceError) {
        await self.gate.enter()
        defer { self.gate.leave() }
        guard try await self.letter(id, tenant) != nil else { throw Self.unknown(id) }
        do { _ = try await self.dispatcher.log.append([self.dispatcher.deadLetters.tombstone(id)]) } catch {
            throw ServiceError(error)
        }
        self.dispatcher.deadLetters.forget([id])
    }

    private func letter(_ id: String, _ tenant: String) async throws(ServiceError) -> DeadLetter? {
        do { return try await self.dispatcher.deadLetters.letter(id, tenant: tenant) } catch {
            throw ServiceError(error)
        }
    }

    private static func unknown(_ id: String) -> ServiceError {
        ServiceError(.notFound, "there is no dead letter '\(id)': it was redriven or discarded, or never was")
    }

    private static func offset(_ cursor: String?) throws(ServiceError) -> Offset? {
        guard let cursor else { return nil }
        guard let value = Int64(cursor) else {
            throw ServiceError(unknownCursor: "use nextCursor of the page before")
        }
        return Offset(value)
    }
}
