import CloudEvents
import EventLog
import EventTypes
import NIOCore
import Traces

/// The last stretch of every way in: stamps events, chooses topic and key, and appends them in one call. What comes
/// over HTTP and what comes as webhooks goes through here.
public struct EventIntake: Sendable {
    private let writer: any EventLogWriter
    private let routing: RoutingTable
    private let correlationID: @Sendable (Timestamp) -> String
    /// Takes part in the traces of requests; nil: nobody does.
    let tracer: Tracer?
    private let check: EventDataCheck?

    /// - Parameters:
    ///   - writer: where the events go.
    ///   - routing: which topic each goes to.
    ///   - correlationID: makes the `correlationid` of an event that has none.
    ///   - tracer: takes part in the traces of requests.
    ///   - check: judges data by the schemas of their types; nil: nobody does.
    public init(
        writer: any EventLogWriter, routing: RoutingTable, correlationID: @escaping @Sendable (Timestamp) -> String,
        tracer: Tracer? = nil, check: EventDataCheck? = nil
    ) {
        self.writer = writer
        self.routing = routing
        self.correlationID = correlationID
        self.tracer = tracer
        self.check = check
    }

    /// Whether there are schemas by which the data of a tenant's events are judged.
    func judges(tenant: String) -> Bool { self.check?.judges(tenant: tenant) ?? false }

    /// Appends events and returns when they are durable, in the order given. Either every event can be stamped, or none
    /// is appended; that an append of many is all or nothing is the writer's promise
    /// (`EventLogWriter.appendsAtomically`).
    /// - Parameter arrival: the timestamp of the records.
    /// - Throws: `CloudEventError` with code `tenant-conflict` or `schema-violation` and the index of the event;
    ///   `EventLogError` of the writer.
    public func accept(
        _ events: [CloudEvent], from origin: EventOrigin, arrival: Timestamp
    ) async throws -> AcceptedEvents {
        try await self.append(try self.prepare(events, from: origin, arrival: arrival))
    }

    /// Appends what was prepared, and returns when it is durable.
    /// - Throws: `EventLogError` of the writer.
    func append(_ prepared: PreparedEvents) async throws -> AcceptedEvents {
        guard !prepared.events.isEmpty else { return AcceptedEvents(events: [], positions: []) }
        let positions = try await self.writer.append(prepared.records)
        guard positions.count == prepared.events.count else {
            throw EventLogError(
                .unavailable, "the log gave \(positions.count) positions for \(prepared.events.count) records")
        }
        return AcceptedEvents(events: prepared.events, positions: positions)
    }

    /// Stamps events, judges their data and makes their records, without appending them.
    /// - Parameter arrival: the timestamp of the records.
    /// - Throws: `CloudEventError` with code `tenant-conflict` or `schema-violation` and the index of the event.
    public func prepare(
        _ events: consuming [CloudEvent], from origin: EventOrigin, arrival: Timestamp
    ) throws(CloudEventError) -> PreparedEvents {
        var events = events
        var records: [ProducerRecord] = []
        records.reserveCapacity(events.count)
        var begun: [(index: Int, trace: TraceParent)] = []
        for index in events.indices {
            do throws(CloudEventError) {
                let trace = try origin.stamp(&events[index]) { self.correlationID(arrival) }
                if let trace { begun.append((index, trace)) }
            } catch {
                var error = error
                error.index = index
                throw error
            }
            records.append(self.record(of: events[index], arrival: arrival))
        }
        try self.check?.check(events, tenant: origin.tenant)
        return PreparedEvents(events: events, records: records, begun: begun)
    }

    private func record(of event: CloudEvent, arrival: Timestamp) -> ProducerRecord {
        let topic = event.attributes.withValue(of: "type") { _, type in self.routing.topic(ofType: type) }
        return ProducerRecord(
            topic: topic ?? self.routing.defaultTopic,
            record: LogRecord(
                event: event, key: ByteBuffer(bytes: OrderingKey.bytes(of: event)), timestamp: arrival))
    }
}
