import CloudEvents
import EventLog
import EventTypes
import HTTPServing
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Ingress
import Logging
import NIOCore
import Synchronization
import Traces

/// An event endpoint in front of a recording log, with fixed clock and correlation ids.
struct EventServer: Sendable {
    /// Counts what the endpoint tells its observer.
    final class Counter: IngressObserver {
        let accepted = Mutex<[(events: Int, bytes: Int)]>([])
        let refused = Mutex<[IngressRefusal]>([])

        let open = Mutex(0)

        func began() { self.open.withLock { $0 += 1 } }

        func accepted(mode: HTTPContentMode, events: Int, bytes: Int, durationNanoseconds: Int64) {
            self.open.withLock { $0 -= 1 }
            self.accepted.withLock { $0.append((events, bytes)) }
        }

        func refused(_ reason: IngressRefusal) {
            self.open.withLock { $0 -= 1 }
            self.refusedEarly(reason)
        }

        func refusedEarly(_ reason: IngressRefusal) { self.refused.withLock { $0.append(reason) } }
    }

    static let now = Timestamp(milliseconds: 1_760_000_000_123)

    let writer = RecordingWriter()
    let counter = Counter()
    let budget: InFlightBudget
    let routes: EventRoutes
    let direct: DirectEventRoute
    let callers: any CallerResolver
    let queue: EventIntakeQueue
    let bodies: RequestBodyReader

    init(
        limits: CloudEventLimits = CloudEventLimits(), bodyBytesMax: Int = 8 * 1024 * 1024,
        budget: InFlightBudget = InFlightBudget(bytesMax: 64 * 1024 * 1024, requestsMax: 100),
        queueRecordsMax: Int = 1_000, eventBytesLimit: String = "limits.eventBytesMax",
        directBodyBytesMax: Int = .max, check: EventDataCheck? = nil, log: (any EventLogWriter)? = nil,
        callers: any CallerResolver = HeaderTenantResolver(), tracer: Tracer? = nil,
        meters: TenantMeters? = nil
    ) throws {
        let writer: any EventLogWriter = log ?? self.writer
        let counter = Mutex(0)
        self.budget = budget
        self.callers = callers
        let mint: @Sendable (Timestamp) -> String = { _ in
            let number = counter.withLock { counter in
                counter += 1
                return counter
            }
            return "minted-\(number)"
        }
        let intake = EventIntake(
            writer: writer,
            routing: RoutingTable(
                entries: [.init(typePrefix: "com.portarium.run.", topic: Topic("portarium.runs"))],
                defaultTopic: Topic("portarium.events")),
            correlationID: mint, tracer: tracer, check: check)
        self.bodies = RequestBodyReader(bytesMax: bodyBytesMax, budget: budget)
        self.queue = EventIntakeQueue(writer: writer, recordsMax: queueRecordsMax)
        var configuration = IngressConfiguration(limits: limits, eventBytesLimit: eventBytesLimit)
        configuration.directBodyBytesMax = directBodyBytesMax
        self.routes = EventRoutes(
            configuration: configuration, intake: intake, bodies: self.bodies, meters: meters,
            observer: self.counter, clock: { Self.now })
        self.direct = DirectEventRoute(
            configuration: configuration, intake: intake, queue: self.queue, callers: callers, meters: meters,
            observer: self.counter, clock: { Self.now })
    }

    /// The application, with the direct way or with the router alone.
    func application(
        isDirect: Bool, configuration: ServingConfiguration = ServingConfiguration()
    ) -> Application<HTTPApplication.Responder> {
        var application = HTTPApplication.make(
            configuration: configuration, routes: [self.routes],
            direct: isDirect ? (routes: [self.direct], bodies: self.bodies) : nil,
            callers: self.callers,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        application.addServices(self.queue)
        return application
    }

    /// Sends one request without a socket.
    func post(
        _ body: String, contentType: String? = "application/cloudevents+json", headers: [(String, String)] = []
    ) async throws -> TestResponse {
        try await self.post(ByteBuffer(string: body), contentType: contentType, headers: headers)
    }

    /// Sends one request without a socket.
    func post(
        _ body: ByteBuffer, contentType: String? = "application/cloudevents+json", headers: [(String, String)] = []
    ) async throws -> TestResponse {
        var fields = HTTPFields()
        fields[.contentType] = contentType
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        let sent = fields
        return try await testApplication([self.routes]).test(.router) { client in
            try await client.execute(uri: "/v1/events", method: .post, headers: sent, body: body)
        }
    }

    /// Sends a batch.
    func postBatch(_ events: [String], headers: [(String, String)] = []) async throws -> TestResponse {
        try await self.post(
            "[" + events.joined(separator: ",") + "]", contentType: "application/cloudevents-batch+json",
            headers: headers)
    }
}

/// A structured event; `more` is further members, each after a comma.
func event(
    id: String = "1", source: String = "/s", type: String = "com.example.thing", more: String = ""
) -> String {
    #"{"specversion":"1.0","id":"\#(id)","source":"\#(source)","type":"\#(type)"\#(more)}"#
}

extension ProducerRecord {
    /// The record's headers as a dictionary.
    var headers: [String: String] {
        var headers: [String: String] = [:]
        self.record.headers.forEach { name, value in
            headers[String(decoding: name, as: UTF8.self)] = String(decoding: value, as: UTF8.self)
        }
        return headers
    }

    var value: String? { self.record.value.map { String(buffer: $0) } }
    var key: String? { self.record.key.map { String(buffer: $0) } }
}
