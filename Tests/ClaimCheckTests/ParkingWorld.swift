import ClaimCheck
import CloudEvents
import Delivery
import EventLog
import NIOCore
import RouterTestKit
import Subscriptions
import Synchronization

/// A log with one topic behind a claim check, its object store, and a sink that remembers.
struct ParkingWorld {
    static let topic = Topic("events")
    static let time = Timestamp(milliseconds: 1_763_900_000_000)

    let log: InMemoryEventLog
    let objects = InMemoryObjects()
    let writer: ClaimCheckWriter
    let reader: ParkedDataReader
    let recorder = RecordingEventSink()
    var sink: ClaimCheckSink { ClaimCheckSink(self.recorder, reader: self.reader) }

    init(_ configuration: ClaimCheckConfiguration, recordBytesMax: Int = 16 << 20) async throws {
        self.log = InMemoryEventLog(recordBytesMax: recordBytesMax)
        try await self.log.createTopic(TopicSpecification(topic: Self.topic, partitions: 1))
        self.writer = ClaimCheckWriter(self.log, store: self.objects, configuration: configuration)
        self.reader = ParkedDataReader(store: self.objects, configuration: configuration)
    }

    static func event(
        _ id: String = "1", data: String? = nil, tenant: String = "acme", attributes: [(String, String)] = []
    ) -> CloudEvent {
        var event = CloudEvent(id: id, source: "/s", type: "t", data: data.map { ByteBuffer(string: $0) })
        for (name, value) in attributes { event.attributes.append(name: name, value: value) }
        event.attributes.append(name: "tenantid", value: tenant)
        return event
    }

    static func record(_ event: CloudEvent) -> ProducerRecord {
        ProducerRecord(
            topic: Self.topic, record: LogRecord(event: event, key: ByteBuffer(string: "k"), timestamp: Self.time))
    }

    @discardableResult
    func append(_ events: CloudEvent...) async throws(EventLogError) -> [Position] {
        try await self.writer.append(events.map { Self.record($0) })
    }

    /// What the log has.
    func records() async throws -> [LogRecord] {
        try await self.log.fetch(
            TopicPartition(Self.topic, Partition(0)), from: .zero, maxRecords: 1_000, maxBytes: 64 << 20, waitMax: .zero
        ).records.map(\.record)
    }

    /// The events that the log has, as the dispatch reads them.
    func events() async throws -> [CloudEvent] { try await self.records().map { try $0.cloudEvent() } }

    /// One attempt with these events.
    static func attempt(_ events: [CloudEvent], tenant: String = "acme") -> DeliveryAttempt {
        let destination = Destination(
            sink: "http://127.0.0.1:1/", origin: "http://127.0.0.1:1", mode: events.count > 1 ? .batched : .binary,
            protocolSettings: HTTPProtocolSettings(), timeoutMilliseconds: 1_000)
        let position = Position(TopicPartition(Self.topic, Partition(0)), .zero)
        return DeliveryAttempt(
            id: 1, subscription: SubscriptionID(tenant: tenant, name: "s"), destination: destination,
            elements: events.map { DeliveryAttempt.Element(event: $0, position: position) }, number: 1)
    }
}

/// A sink that takes everything.
final class RecordingEventSink: EventSink {
    private let state = Mutex<[CloudEvent]>([])
    private let held = Mutex<(isHeld: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    var events: [CloudEvent] { self.state.withLock { $0 } }

    func hold() { self.held.withLock { $0.isHeld = true } }

    func release() {
        let waiting = self.held.withLock { held in
            defer { held = (false, []) }
            return held.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func send(_ attempt: DeliveryAttempt) async -> AttemptReport {
        self.state.withLock { $0 += attempt.elements.map(\.event) }
        await withCheckedContinuation { continuation in
            let isHeld = self.held.withLock { held in
                if held.isHeld { held.waiting.append(continuation) }
                return held.isHeld
            }
            if !isHeld { continuation.resume() }
        }
        return AttemptReport(meaning: .delivered, status: 204, error: nil, durationNanoseconds: 1_000_000)
    }
}
