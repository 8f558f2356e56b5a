import CloudEvents
import EventLog
import Subscriptions
import Synchronization

extension LogEventQueryService {
    /// Follows the event topics from `from` on, or right after the event that gave the cursor `resume`.
    ///
    /// Batches of 1 to 200 events. Read only when the consumer asks for the next one, so that a slow one costs no
    /// memory. Events of one partition come in the order of their offsets; between partitions there is no order. Events
    /// that retention took meanwhile are passed over. Ends when the consumer's task is cancelled.
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
            dispatcher: self.dispatcher, tenant: tenant, filter: compiled, positions: positions)
        return AsyncThrowingStream(unfolding: { try await follower.next() })
    }
}

/// Follows all event partitions from a place on; asked for a batch, it reads one.
private final class EventFollower: Sendable {
    private let dispatcher: Dispatcher
    private let tenant: String
    private let filter: CompiledFilter?
    private let positions: Mutex<[TopicPartition: Offset]>

    init(dispatcher: Dispatcher, tenant: String, filter: CompiledFilter?, positions: [TopicPartition: Offset]) {
        self.dispatcher = dispatcher
        self.tenant = tenant
        self.filter = filter
        self.positions = Mutex(positions)
    }

    /// The next events, waited for; nil when the task is cancelled.
    func next() async throws -> [StreamedEvent]? {
        while !Task.isCancelled {
            let ends = self.dispatcher.core.look { $0.ends }
            let behind = self.positions.withLock { positions in
                positions.filter { $0.value < (ends[$0.key] ?? .zero) }.keys.sorted()
            }
            for topicPartition in behind {
                let events = try await self.read(topicPartition)
                if !events.isEmpty { return events }
            }
            if behind.isEmpty { try? await Task.sleep(for: .milliseconds(20)) }
        }
        return nil
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
            let cursor = self.positions.withLock { positions in
                PositionCursor.text(
                    positions.filter { $0.value > .zero }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
            }
            events.append(StreamedEvent(event: event, cursor: cursor))
        }
        self.positions.withLock { $0[topicPartition] = batch.next }
        return events
    }
}
