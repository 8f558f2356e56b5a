import CloudEvents
import EventLog
import Subscriptions
import Synchronization

extension LogEventQueryService {
    /// Follows the event topics from `from` on, or right after the event that gave the cursor `resume`.
    ///
    /// Batches of 1 to 200 events. The first has no event but the cursor of the place where the stream begins; such a
    /// batch comes again, 5 s apart at least, where records were passed over that do not match. Read only when the
    /// consumer asks for the next one, so that a slow one costs no memory. Events of one partition come in the order of
    /// their offsets; between partitions there is no order. Events that retention took meanwhile are passed over. Ends
    /// when the consumer's task is cancelled.
    /// - Throws: `invalid` for a cursor or a filter that cannot be used; `unavailable`. The stream itself throws
    ///   ``EventLogError`` where the log cannot be read, and is over then.
    public func stream(
        tenant: String, filter: Filter?, from: SubscriptionConfiguration.Start, resume: String?
    ) async throws(ServiceError) -> AsyncThrowingStream<[StreamedEvent], any Error> {
        let compiled: CompiledFilter?
        do { compiled = try filter.map { try CompiledFilter($0) } } catch {
            throw ServiceError(
                .invalid, "the filter cannot be used", errors: [.init(pointer: "filter", detail: "\(error)")])
        }
        var positions: [TopicPartition: Offset] = [:]
        do {
            let starts = try await self.dispatcher.resolve(from)
            for topicPartition in try await self.dispatcher.fedPartitions()
            where topicPartition.topic != self.dispatcher.configuration.redriveTopic {
                positions[topicPartition] = starts.offsets[topicPartition] ?? .zero
            }
        } catch { throw ServiceError(error) }
        if let resume {
            let cursor = try PositionCursor.parse(resume)
            // Partitions that the cursor does not name were empty when it was made.
            for topicPartition in positions.keys { positions[topicPartition] = cursor[topicPartition] ?? .zero }
        }
        let follower = EventFollower(
            dispatcher: self.dispatcher, ends: self.ends, tenant: tenant, filter: compiled, positions: positions)
        return AsyncThrowingStream(unfolding: { try await follower.next() })
    }
}

/// Follows all event partitions from a place on; asked for a batch, it reads one.
private final class EventFollower: Sendable {
    private let dispatcher: Dispatcher
    private let ends: PartitionEnds
    private let tenant: String
    private let filter: CompiledFilter?
    private let positions: Mutex<[TopicPartition: Offset]>
    /// When the consumer was last given a cursor, and which; nil before the first.
    private let told = Mutex<(cursor: String, at: ContinuousClock.Instant)?>(nil)
    private static let cursorInterval = Duration.seconds(5)

    init(
        dispatcher: Dispatcher, ends: PartitionEnds, tenant: String, filter: CompiledFilter?,
        positions: [TopicPartition: Offset]
    ) {
        self.dispatcher = dispatcher
        self.ends = ends
        self.tenant = tenant
        self.filter = filter
        self.positions = Mutex(positions)
    }

    /// The next events, waited for; nil when the task is cancelled.
    func next() async throws -> [StreamedEvent]? {
        while !Task.isCancelled {
            if let progress = self.progress() { return [progress] }
            let ends = try await self.ends.now(of: self.positions.withLock { Array($0.keys) })
            let behind = self.positions.withLock { positions in
                positions.filter { $0.value < (ends[$0.key] ?? .zero) }.keys.sorted()
            }
            for topicPartition in behind {
                let events = try await self.read(topicPartition)
                if let last = events.last {
                    self.told.withLock { $0 = (last.cursor, .now) }
                    return events
                }
            }
            if behind.isEmpty { try? await Task.sleep(for: .milliseconds(20)) }
        }
        return nil
    }

    /// The place that the stream has come to, where the consumer has not heard of it for a while.
    private func progress() -> StreamedEvent? {
        let told = self.told.withLock { $0 }
        if let told, told.at.duration(to: .now) < Self.cursorInterval { return nil }
        let cursor = self.cursor
        self.told.withLock { $0 = (cursor, .now) }
        return cursor == told?.cursor ? nil : StreamedEvent(event: nil, cursor: cursor)
    }

    private var cursor: String {
        self.positions.withLock { positions in
            PositionCursor.text(
                positions.filter { $0.value > .zero }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        }
    }

    private func read(_ topicPartition: TopicPartition) async throws -> [StreamedEvent] {
        let from = self.positions.withLock { $0[topicPartition] ?? .zero }
        let batch: RecordBatch
        do {
            batch = try await self.dispatcher.log.fetch(
                topicPartition, from: from, maxRecords: 200, maxBytes: 1 << 20, waitMax: .zero)
        } catch {
            guard error.code == .offsetOutOfRange, let bounds = error.bounds else { throw error }
            self.positions.withLock { $0[topicPartition] = bounds.start }
            return []
        }
        var events: [StreamedEvent] = []
        for element in batch.records {
            self.positions.withLock { $0[topicPartition] = element.offset.next }
            guard let event = try? element.record.cloudEvent(), event.tenantID == self.tenant,
                self.filter?.matches(event) ?? true
            else { continue }
            events.append(StreamedEvent(event: event, cursor: self.cursor))
        }
        self.positions.withLock { $0[topicPartition] = batch.next }
        return events
    }
}
