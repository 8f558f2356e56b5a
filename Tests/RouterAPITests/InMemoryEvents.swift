import CloudEvents
import EventDispatch
import EventLog
import Subscriptions
import Synchronization

/// Stored events in a list, which can be searched, traced and streamed while it grows.
final class InMemoryEvents: EventQueryService {
    /// Lives as long as a stream; says when it is gone.
    private final class Ending: Sendable {
        private let ending: AsyncStream<Void>.Continuation

        init(_ ending: AsyncStream<Void>.Continuation) { self.ending = ending }
        deinit { self.ending.yield() }
    }

    struct State {
        var events: [StoredEvent] = []
        var fates: [String: [EventTrace.SubscriptionFate]] = [:]
        var isClosed = false
        var waiting: [AsyncStream<Void>.Continuation] = []
        var failure: ServiceError?
        /// Thrown by a stream instead of its next batch.
        var streamFailure: ServiceError?
        /// Batches that were pulled out of all streams.
        var pulls = 0
        var queries: [EventQuery] = []
        var starts: [SubscriptionConfiguration.Start] = []
        var resumes: [String?] = []
    }

    let state = Mutex(State())
    /// One element for every stream that has ended.
    private let endings: AsyncStream<Void>
    private let ending: AsyncStream<Void>.Continuation
    private let batchMax: Int

    init(batchMax: Int = 2) {
        self.batchMax = batchMax
        (self.endings, self.ending) = AsyncStream.makeStream()
    }

    func append(_ event: CloudEvent, tenant: String = "default", at milliseconds: Int64? = nil) {
        self.state.withLock { state in
            var event = event
            event.attributes.set("tenantid", to: tenant)
            let offset = Int64(state.events.count)
            state.events.append(
                StoredEvent(
                    event: event,
                    position: Position(TopicPartition(Topic("portarium.events"), Partition(0)), Offset(offset)),
                    timestamp: Timestamp(
                        milliseconds: milliseconds ?? InMemorySubscriptions.created.milliseconds + offset * 1_000)))
            for waiting in state.waiting { waiting.yield() }
        }
    }

    /// Waits until one more stream has ended.
    func nextEnding() async {
        var iterator = self.endings.makeAsyncIterator()
        _ = await iterator.next()
    }

    /// Streams end when they have given what there is.
    func close() {
        self.state.withLock { state in
            state.isClosed = true
            for waiting in state.waiting { waiting.yield() }
        }
    }

    func search(_ query: EventQuery) async throws(ServiceError) -> Page<StoredEvent> {
        try self.state.withLock { state throws(ServiceError) in
            if let failure = state.failure { throw failure }
            state.queries.append(query)
            let found = state.events.reversed().filter { stored in Self.matches(stored, query) }
            return try InMemoryPages.page(Array(found), query.page)
        }
    }

    private static func matches(_ stored: StoredEvent, _ query: EventQuery) -> Bool {
        let event = stored.event
        func holds(_ wanted: String?, _ actual: String?) -> Bool { wanted == nil || wanted == actual }
        return event.tenantID == query.tenant && holds(query.source, event.source) && holds(query.id, event.id)
            && holds(query.type, event.type) && holds(query.subject, event.subject)
            && holds(query.correlationID, event.correlationID)
            && (query.from.map { stored.timestamp >= $0 } ?? true) && (query.to.map { stored.timestamp < $0 } ?? true)
            && (query.topic.map { stored.position.topic == $0 } ?? true)
    }

    func trace(id: String, source: String?, tenant: String) async throws(ServiceError) -> EventTrace {
        try self.state.withLock { state throws(ServiceError) in
            if let failure = state.failure { throw failure }
            let found = state.events.filter { stored in
                stored.event.id == id && stored.event.tenantID == tenant
                    && (source == nil || stored.event.source == source)
            }
            guard let first = found.first else { throw ServiceError(.notFound, "there is no event '\(id)'") }
            guard Set(found.map(\.event.source)).count == 1 else {
                throw ServiceError(
                    .conflict, "several sources have an event '\(id)': name one",
                    errors: [.init(pointer: "source", detail: "is needed here")])
            }
            return EventTrace(event: first, subscriptions: state.fates[id] ?? [])
        }
    }

    func stream(
        tenant: String, filter: Filter?, from: SubscriptionConfiguration.Start, resume: String?
    ) async throws(ServiceError) -> AsyncThrowingStream<[StreamedEvent], any Error> {
        let type = try Self.type(filter)
        let (signals, waiting) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let first = try self.state.withLock { state throws(ServiceError) in
            if let failure = state.failure { throw failure }
            state.starts.append(from)
            state.resumes.append(resume)
            state.waiting.append(waiting)
            return try Self.first(from, resume, state)
        }
        let cursor = Mutex(first)
        let ending = Ending(self.ending)
        let next: @Sendable () async throws -> [StreamedEvent]? = {
            while true {
                defer { withExtendedLifetime(ending) {} }
                if let batch = try self.batch(from: cursor, tenant, type) { return batch.isEmpty ? nil : batch }
                var iterator = signals.makeAsyncIterator()
                if await iterator.next() == nil { return nil }
            }
        }
        return AsyncThrowingStream(unfolding: next)
    }

    /// The next batch; empty at the end of a closed list, nil where more may come.
    private func batch(
        from cursor: borrowing Mutex<Int>, _ tenant: String, _ type: String?
    ) throws -> [StreamedEvent]? {
        try self.state.withLock { state in
            if let failure = state.streamFailure { throw failure }
            return cursor.withLock { cursor in
                var batch: [StreamedEvent] = []
                while cursor < state.events.count, batch.count < self.batchMax {
                    let event = state.events[cursor].event
                    cursor += 1
                    guard event.tenantID == tenant, type == nil || event.type == type else { continue }
                    batch.append(StreamedEvent(event: event, cursor: "c\(cursor)"))
                }
                if !batch.isEmpty { state.pulls += 1 }
                return batch.isEmpty && !state.isClosed ? nil : batch
            }
        }
    }

    private static func first(
        _ start: SubscriptionConfiguration.Start, _ resume: String?, _ state: State
    ) throws(ServiceError) -> Int {
        if let resume {
            guard resume.hasPrefix("c"), let index = Int(resume.dropFirst()) else {
                throw ServiceError(
                    .invalid, "the cursor cannot be read", errors: [.init(pointer: "cursor", detail: "unknown")])
            }
            return index
        }
        switch start {
        case .earliest: return 0
        case .time(let milliseconds):
            return state.events.firstIndex { $0.timestamp.milliseconds >= milliseconds } ?? state.events.count
        case .latest, .offset: return state.events.count
        }
    }

    /// Understands `type = '…'` alone.
    private static func type(_ filter: Filter?) throws(ServiceError) -> String? {
        guard let filter else { return nil }
        guard case .sql(let text) = filter, text.hasPrefix("type = '"), text.hasSuffix("'") else {
            throw ServiceError(
                .invalid, "the filter cannot be read",
                errors: [.init(pointer: "filter", detail: "expected an expression")])
        }
        return String(text.dropFirst(8).dropLast())
    }
}
