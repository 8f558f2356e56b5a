import CloudEvents
import EventLog
import NIOCore
import Traces
import Webhooks

/// Brings the events of webhooks into the log, each delivery once.
///
/// Where the log appends all or nothing, an event and the record that remembers its delivery are there together or not
/// at all. Elsewhere, and where data are parked first, the record follows when the event is durable: a crash in between
/// forgets the delivery, and never an event. What the log does not take for now a spool keeps, where there is one.
public struct WebhookIntake: Sendable {
    private let intake: EventIntake
    private let queue: EventIntakeQueue
    private let deliveries: WebhookDeliveries
    private let spool: WebhookSpool?
    private let configuration: WebhookIntakeConfiguration
    private let eventLoops: any EventLoopGroup

    /// Takes part in traces; nil: nothing is recorded.
    var tracer: Tracer? { self.intake.tracer }

    /// - Parameters:
    ///   - intake: what stamps and routes.
    ///   - queue: what appends.
    ///   - deliveries: knows which are there already.
    ///   - spool: keeps what the log does not take for now.
    ///   - eventLoops: where the queue's answers arrive.
    public init(
        configuration: WebhookIntakeConfiguration, intake: EventIntake, queue: EventIntakeQueue,
        deliveries: WebhookDeliveries, spool: WebhookSpool? = nil, eventLoops: any EventLoopGroup
    ) {
        self.intake = intake
        self.queue = queue
        self.deliveries = deliveries
        self.spool = spool
        self.configuration = configuration
        self.eventLoops = eventLoops
    }

    /// Appends those that are not there yet, and returns when they are durable, in the log or in the spool; nil where
    /// all of them are there.
    /// - Parameters:
    ///   - bodyBytes: of the request: large data may have to be parked first.
    ///   - start: when the request began.
    /// - Throws: `CloudEventError` with code `tenant-conflict`; `EventLogError`: nothing is remembered of the delivery.
    func take(
        _ events: [CloudEvent], of active: ActiveWebhookEndpoint, bodyBytes: Int, trace: TraceContext?,
        arrival: Timestamp, start: NIODeadline
    ) async throws -> AcceptedEvents? {
        let origin = EventOrigin(tenant: active.endpoint.tenant, trace: trace, tracer: self.intake.tracer)
        let window = Int64(active.endpoint.dedupeWindowSeconds) * 1_000
        guard window > 0, !events.isEmpty else {
            return try await self.append(events, nil, from: origin, bodyBytes, arrival, start)
        }
        let keys = events.map { event in
            DeliveryKey(
                endpoint: "\(active.endpoint.id)/\(active.generation)",
                source: active.translator.takesEvents ? event.source : nil, id: event.id)
        }
        guard case .new(var left) = await self.deliveries.claim(keys, now: arrival.milliseconds) else {
            throw EventLogError(.unavailable, "the same delivery could not be appended a moment ago")
        }
        // Of those that are twice in one request the first one counts.
        let new = zip(events, keys).filter { left.remove($0.1) != nil }
        guard !new.isEmpty else { return nil }
        let claimed = new.map(\.1)
        let marker = DeliveryMarker(expiresMilliseconds: arrival.milliseconds + window, keys: claimed)
        do {
            let accepted = try await self.append(new.map(\.0), marker, from: origin, bodyBytes, arrival, start)
            if !accepted.isSpooled {
                self.deliveries.settle(claimed, until: marker.expiresMilliseconds, now: arrival.milliseconds)
            }
            return accepted
        } catch {
            self.deliveries.abandon(claimed)
            throw error
        }
    }

    private func append(
        _ events: [CloudEvent], _ marker: DeliveryMarker?, from origin: EventOrigin, _ bodyBytes: Int,
        _ arrival: Timestamp, _ start: NIODeadline
    ) async throws -> AcceptedEvents {
        let prepared = try self.intake.prepare(events, from: origin, arrival: arrival)
        guard !prepared.records.isEmpty else { return AcceptedEvents(events: [], positions: []) }
        let spans = origin.tracer.flatMap { tracer in
            IngressSpans(
                of: prepared, trace: origin.trace, tracer: tracer, route: WebhookRoutes.path, tenant: origin.tenant,
                elapsedNanoseconds: (NIODeadline.now() - start).nanoseconds)
        }
        do {
            let accepted = try await self.append(prepared, marker, bodyBytes, arrival)
            spans?.accepted(bodyBytes: bodyBytes)
            return accepted
        } catch {
            if let spans, let error = error as? EventLogError {
                spans.refused(IngressProblem.problem(for: error, form: .document), bodyBytes: bodyBytes)
            }
            throw error
        }
    }

    private func append(
        _ prepared: PreparedEvents, _ marker: DeliveryMarker?, _ bodyBytes: Int, _ arrival: Timestamp
    ) async throws -> AcceptedEvents {
        let isLarge = bodyBytes > self.configuration.ingress.directBodyBytesMax
        guard let spool else {
            return isLarge
                ? try await self.appendLarge(prepared, marker, arrival)
                : try await self.append(prepared, marker, arrival) { records in try await self.append(records) }
        }
        let delivery = SpooledDelivery(records: prepared.records, marker: marker, arrival: arrival)
        if try await spool.keepWhereOthersWait(delivery) { return AcceptedEvents(spooled: prepared.events) }
        do {
            // What has to be parked first takes its time.
            if isLarge { return try await self.appendLarge(prepared, marker, arrival) }
            return try await self.append(prepared, marker, arrival) { records in
                try await self.append(records, of: delivery, spool)
            }
        } catch let error as EventLogError where error.isPassing {
            guard await spool.keep(delivery, because: error) else { throw error }
            return AcceptedEvents(spooled: prepared.events)
        }
    }

    /// Goes where large data are parked.
    private func appendLarge(
        _ prepared: PreparedEvents, _ marker: DeliveryMarker?, _ arrival: Timestamp
    ) async throws -> AcceptedEvents {
        let accepted = try await self.intake.append(prepared)
        await self.remember(marker, arrival)
        return accepted
    }

    /// - Parameter body: appends; nil: the delivery is in the spool.
    private func append(
        _ prepared: PreparedEvents, _ marker: DeliveryMarker?, _ arrival: Timestamp,
        _ body: ([ProducerRecord]) async throws -> [Position]?
    ) async throws -> AcceptedEvents {
        var records = prepared.records
        let isTogether = self.queue.appendsAtomically
        if isTogether, let marker { records.append(self.record(of: marker, arrival)) }
        guard let positions = try await body(records) else { return AcceptedEvents(spooled: prepared.events) }
        if !isTogether { await self.remember(marker, arrival) }
        return AcceptedEvents(events: prepared.events, positions: Array(positions.prefix(prepared.events.count)))
    }

    /// Appends, and lets the spool keep what takes too long.
    private func append(
        _ records: [ProducerRecord], of delivery: SpooledDelivery, _ spool: WebhookSpool
    ) async throws(EventLogError) -> [Position]? {
        let append = spool.begin { self.queue.append(records, on: self.eventLoops.next(), $0) }
        while true {
            switch await append.outcome() {
            case .ended(let result): return try result.get()
            case .overdue:
                if await spool.keep(delivery, after: append, because: nil) { return nil }
            // Where the spool does not take it, its own end is the answer.
            }
        }
    }

    /// The events are there: a delivery that cannot be remembered comes twice at worst.
    private func remember(_ marker: DeliveryMarker?, _ arrival: Timestamp) async {
        guard let marker else { return }
        _ = try? await self.append([self.record(of: marker, arrival)])
    }

    private func record(of marker: DeliveryMarker, _ arrival: Timestamp) -> ProducerRecord {
        ProducerRecord(
            topic: self.configuration.deliveryTopic, partition: Partition(0),
            record: LogRecord(key: nil, value: marker.bytes, timestamp: arrival))
    }

    private func append(_ records: [ProducerRecord]) async throws -> [Position] {
        try await withCheckedThrowingContinuation { continuation in
            self.queue.append(records, on: self.eventLoops.next()) { continuation.resume(with: $0) }
        }
    }
}
