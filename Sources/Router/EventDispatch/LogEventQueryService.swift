import CloudEvents
import Delivery
import EventLog
import NIOCore
import Subscriptions

/// Finds events in the log, tells their fate, and streams them.
///
/// Searches by id and correlation id use the index where the log has one; others read backwards, within a bound.
public final class LogEventQueryService: EventQueryService {
    /// Records that one search reads in a row at most; its cursor goes on from there.
    private static let scannedMax = 200_000
    /// Records that one search with the index reads, one by one, at most; its cursor goes on from there.
    private static let indexedMax = 10_000
    /// Bytes of events on one page before it is closed: the last one may reach past it.
    private static let pageBytesMax = 8 << 20
    /// Records of the journal that one trace reads at most where there is no index.
    private static let journalScannedMax = 2_000
    /// Records of the journal that one trace looks into at most, the newest.
    private static let attemptsMax = 500
    let dispatcher: Dispatcher
    let subscriptions: LogSubscriptionService
    private let index: (any EventIndex)?
    let ends: PartitionEnds

    public init(dispatcher: Dispatcher, subscriptions: LogSubscriptionService, index: (any EventIndex)?) {
        self.dispatcher = dispatcher
        self.ends = PartitionEnds(dispatcher: dispatcher)
        self.subscriptions = subscriptions
        self.index = index
    }

    /// Matches newest first, merged over the partitions by time.
    ///
    /// Reads at most 200000 records a call, and a page has some 8 MiB at most: it may be short or empty and still have
    /// a cursor to go on with.
    /// - Throws: `invalid` for a cursor that no earlier page gave; `unavailable`.
    public func search(_ query: EventQuery) async throws(ServiceError) -> Page<StoredEvent> {
        do {
            let ranges = try await self.ranges(query)
            if let index, let key = query.indexKey {
                let lanes = ranges.map { ($0.topicPartition, $0.start..<$0.upper) }
                // One more than asked, to know whether there is more.
                let scan = IndexedScan(
                    key, index: index, log: self.dispatcher.log, ranges: Dictionary(uniqueKeysWithValues: lanes),
                    wanted: query.page.limit + 1)
                return try await self.search(query, scan)
            }
            return try await self.search(query, BackwardScan(log: self.dispatcher.log, uppers: ranges))
        } catch let error as EventLogError {
            throw ServiceError(error)
        } catch let error as ServiceError {
            throw error
        } catch {
            throw ServiceError(.unavailable, "the search failed")
        }
    }

    /// What was found for one page.
    private struct Found {
        let limit: Int
        var items: [StoredEvent] = []
        private var bytes = 0

        init(limit: Int) { self.limit = limit }

        var isFull: Bool { self.items.count >= self.limit || self.bytes >= LogEventQueryService.pageBytesMax }

        mutating func add(_ stored: StoredEvent) {
            self.items.append(stored)
            self.bytes += stored.event.sizeBytes
        }
    }

    /// The next page of what the index finds. That there is more is said only where there is.
    private func search(
        _ query: EventQuery, _ scan: IndexedScan
    ) async throws(EventLogError) -> Page<StoredEvent> {
        var scan = scan
        var found = Found(limit: query.page.limit)
        while !found.isFull,
            let event = try await scan.next(scannedMax: Self.indexedMax, where: { query.isMet(by: $0) })
        {
            found.add(event)
        }
        let rest = scan.uppers
        if found.isFull, scan.scanned < Self.indexedMax,
            try await scan.next(scannedMax: Self.indexedMax, where: { query.isMet(by: $0) }) == nil,
            scan.uppers.isEmpty
        {
            return Page(items: found.items, nextCursor: nil)
        }
        return Page(items: found.items, nextCursor: rest.isEmpty ? nil : PositionCursor.text(rest))
    }

    private func search(
        _ query: EventQuery, _ scan: BackwardScan
    ) async throws(EventLogError) -> Page<StoredEvent> {
        var scan = scan
        var found = Found(limit: query.page.limit)
        while !found.isFull,
            let event = try await scan.next(scannedMax: Self.scannedMax, where: { query.isMet(by: $0) })
        {
            found.add(event)
        }
        let rest = scan.uppers.filter { $0.1 > .zero }
        let isEnd = !found.isFull && scan.scanned < Self.scannedMax
        return Page(items: found.items, nextCursor: isEnd || rest.isEmpty ? nil : PositionCursor.text(rest))
    }

    /// The newest event with this id and its fate for each of the tenant's subscriptions, judged by the filters they
    /// have now.
    ///
    /// Attempts that wait to be recorded are recorded first, so that all before the call are seen; without an index
    /// those older than the last 2000 records of the attempts topic are not.
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
        try await self.subscriptions.catchUp()
        let entries: [AttemptEntry]
        let elsewhere: CommittedStanding?
        let routes: [ConsumerGroup: Offset]
        do {
            // What is committed is read before what tells of attempts, so that nothing settled has not been told of.
            elsewhere = try await self.dispatcher.committedStanding(
                in: stored.position.topicPartition, tenant: tenant)
            routes = try await self.dispatcher.routePositions(in: stored.position.topicPartition, tenant: tenant)
            try await self.dispatcher.deadLetters.catchUp()
            entries = try await self.attributed(self.attempts(stored), to: stored)
        } catch { throw ServiceError(error) }
        let fates = self.fates(
            of: stored, for: self.subscriptions.all(tenant: tenant), entries, elsewhere, routes)
        return EventTrace(event: stored, subscriptions: fates)
    }

    /// What the journal has of one event, oldest first.
    private func attempts(_ stored: StoredEvent) async throws(EventLogError) -> [AttemptEntry] {
        let (id, source) = (stored.event.id, stored.event.source)
        let tenant = stored.event.tenantID ?? ""
        let topicPartition = TopicPartition(self.dispatcher.configuration.attemptTopic, Partition(0))
        var entries: [AttemptEntry] = []
        func take(_ record: LogRecord) {
            entries += AttemptPage.entries(of: record, id: id, source: source).filter { $0.tenant == tenant }
        }
        if let index {
            let bounds = try await self.dispatcher.log.bounds(of: topicPartition)
            let positions = try await index.positions(
                header: "ce_id", value: id, tenant: tenant, in: [topicPartition: bounds.start..<bounds.end],
                limit: Self.attemptsMax)
            for position in positions.reversed() {
                if let record = try await self.dispatcher.log.record(at: position) { take(record) }
            }
            return entries
        }
        try await self.dispatcher.log.readToEnd(of: topicPartition, lastMax: Self.journalScannedMax) { element in
            take(element.record)
        }
        return entries
    }

    /// Where to look, by the topic, the times and the cursor of the query.
    private func ranges(
        _ query: EventQuery
    ) async throws -> [(topicPartition: TopicPartition, start: Offset, upper: Offset)] {
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
        return uppers
    }
}

extension EventQuery {
    /// What an index can be asked for; nil where only reading helps.
    fileprivate var indexKey: IndexedScan.Key? {
        if let id { return IndexedScan.Key(header: "ce_id", value: id, tenant: self.tenant) }
        guard let correlationID else { return nil }
        return IndexedScan.Key(header: "ce_correlationid", value: correlationID, tenant: self.tenant)
    }

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
