import CloudEvents
import Delivery
import EventLog
import NIOCore
import Subscriptions

/// Finds events in the log, tells their fate, and streams them.
///
/// Searches by id and correlation id use the index where the log has one; others read backwards, within a bound.
public final class LogEventQueryService: EventQueryService {
    /// Records that one search reads at most; its cursor goes on from there.
    private static let scannedMax = 200_000
    let dispatcher: Dispatcher
    private let subscriptions: LogSubscriptionService
    private let index: (any EventIndex)?

    public init(dispatcher: Dispatcher, subscriptions: LogSubscriptionService, index: (any EventIndex)?) {
        self.dispatcher = dispatcher
        self.subscriptions = subscriptions
        self.index = index
    }

    /// Matches newest first, merged over the partitions by time; by id with an index at most 1000, on one page.
    ///
    /// Reads at most 200000 records a call: a page may be short or empty and still have a cursor to go on with.
    /// - Throws: `invalid` for a cursor that no earlier page gave; `unavailable`.
    public func search(_ query: EventQuery) async throws(ServiceError) -> Page<StoredEvent> {
        do {
            if let id = query.id, self.index != nil {
                let found = try await self.indexed(header: "ce_id", value: id, query)
                return Page(items: Array(found.prefix(query.page.limit)), nextCursor: nil)
            }
            var scan = try await self.scan(query)
            var items: [StoredEvent] = []
            while items.count < query.page.limit {
                guard let event = try await scan.next(scannedMax: Self.scannedMax, where: { query.isMet(by: $0) })
                else {
                    break
                }
                items.append(event)
            }
            let rest = scan.uppers.filter { $0.1 > .zero }
            let isEnd = items.count < query.page.limit && scan.scanned < Self.scannedMax
            return Page(items: items, nextCursor: isEnd || rest.isEmpty ? nil : PositionCursor.text(rest))
        } catch let error as EventLogError {
            throw ServiceError(error)
        } catch let error as ServiceError {
            throw error
        } catch {
            throw ServiceError(.unavailable, "the search failed")
        }
    }

    /// The newest event with this id and its fate for each of the tenant's subscriptions, judged by the filters they
    /// have now.
    ///
    /// Attempts that wait to be recorded are recorded first, so that all before the call are seen; without an index
    /// those older than the last 200000 records of the attempts topic are not.
    /// - Throws: `notFound`; `conflict` where several sources have this id and none was named; `unavailable`.
    public func trace(id: String, source: String?, tenant: String) async throws(ServiceError) -> EventTrace {
        var query = EventQuery(tenant: tenant, page: PageRequest(limit: 50))
        query.id = id
        query.source = source
        let found = try await self.search(query).items
        guard let stored = found.first else { throw ServiceError(.notFound, "there is no event '\(id)'") }
        if source == nil, Set(found.map(\.event.source)).count > 1 {
            throw ServiceError(
                .conflict, "several sources have an event '\(id)': say which with ?source=",
                errors: [.init(pointer: "source", detail: "one of those that sent an event with this id")])
        }
        await self.dispatcher.journal.write()
        let entries: [AttemptEntry]
        do { entries = try await self.attributed(self.attempts(id), to: stored) } catch { throw ServiceError(error) }
        let fates = self.subscriptions.all(tenant: tenant).map { subscription in
            self.fate(
                of: stored, for: subscription,
                entries.filter { $0.tenant == tenant && $0.subscription == subscription.subscription.id.name })
        }
        return EventTrace(event: stored, subscriptions: fates)
    }

    /// The journal's entries for an event, oldest first.
    private func attempts(_ id: String) async throws(EventLogError) -> [AttemptEntry] {
        let topic = self.dispatcher.configuration.attemptTopic
        let topicPartition = TopicPartition(topic, Partition(0))
        var entries: [AttemptEntry] = []
        if let index {
            for position in try await index.positions(header: "ce_id", value: id, in: [topic], limit: 500) {
                guard let record = try await self.record(position), record.headers["ce_id"] == id,
                    let entry = AttemptEntry(record)
                else { continue }
                entries.append(entry)
            }
            return entries.reversed()
        }
        let bounds = try await self.dispatcher.log.bounds(of: topicPartition)
        var next = max(bounds.start, Offset(bounds.end.value - Int64(Self.scannedMax)))
        while next < bounds.end {
            let batch = try await self.dispatcher.log.fetch(
                topicPartition, from: next, maxRecords: 2_000, maxBytes: 4 << 20, waitMax: .zero)
            for element in batch.records where element.record.headers["ce_id"] == id {
                if let entry = AttemptEntry(element.record) { entries.append(entry) }
            }
            guard batch.next > next else { break }
            next = batch.next
        }
        return entries
    }

    private func indexed(
        header: String, value: String, _ query: EventQuery
    ) async throws(EventLogError) -> [StoredEvent] {
        guard let index else { return [] }
        var found: [StoredEvent] = []
        let topics = query.topic.map { [$0] } ?? self.dispatcher.configuration.eventTopics
        for position in try await index.positions(header: header, value: value, in: topics, limit: 1_000) {
            guard let record = try await self.record(position), let event = try? record.cloudEvent() else { continue }
            let stored = StoredEvent(event: event, position: position, timestamp: record.timestamp)
            if query.isMet(by: stored) { found.append(stored) }
        }
        return found
    }

    func record(_ position: Position) async throws(EventLogError) -> LogRecord? {
        let batch = try await self.dispatcher.log.fetch(
            position.topicPartition, from: position.offset, maxRecords: 1, maxBytes: 1, waitMax: .zero)
        return batch.records.first { $0.offset == position.offset }?.record
    }

    private func scan(_ query: EventQuery) async throws -> BackwardScan {
        let cursor = try query.page.cursor.map { text throws(ServiceError) in try PositionCursor.parse(text) }
        var uppers: [(topicPartition: TopicPartition, start: Offset, upper: Offset)] = []
        let topics = query.topic.map { [$0] } ?? self.dispatcher.configuration.eventTopics
        for topicPartition in try await self.dispatcher.fedPartitions() where topics.contains(topicPartition.topic) {
            let bounds = try await self.dispatcher.log.bounds(of: topicPartition)
            var start = bounds.start
            var upper = bounds.end
            if let from = query.from { start = try await self.dispatcher.log.offset(of: topicPartition, at: from) }
            if let to = query.to { upper = try await self.dispatcher.log.offset(of: topicPartition, at: to) }
            if let cursor { upper = min(upper, cursor[topicPartition] ?? .zero) }
            if start < upper { uppers.append((topicPartition, start, upper)) }
        }
        return BackwardScan(log: self.dispatcher.log, uppers: uppers)
    }
}

extension EventQuery {
    /// Whether an event is what was searched for; never another tenant's.
    func isMet(by stored: StoredEvent) -> Bool {
        let event = stored.event
        return event.tenantID == self.tenant && (self.id.map { event.id == $0 } ?? true)
            && (self.source.map { event.source == $0 } ?? true) && (self.type.map { event.type == $0 } ?? true)
            && (self.subject.map { event.subject == $0 } ?? true)
            && (self.correlationID.map { event.correlationID == $0 } ?? true)
            && (self.from.map { stored.timestamp >= $0 } ?? true) && (self.to.map { stored.timestamp < $0 } ?? true)
            && (self.topic.map { stored.position.topic == $0 } ?? true)
    }
}
