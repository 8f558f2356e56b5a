import CloudEvents
import EventLog
import FoundationEssentials
import HTTPServing
import HTTPTypes
import Hummingbird
import NIOCore

/// `POST /v1/events`: the CloudEvents HTTP binding in binary, structured and batched mode.
///
/// 202 is answered only when the log has all events of the request durably; every other answer means that none was
/// acknowledged.
public struct EventRoutes: RouteProvider {
    static let path = "/v1/events"
    /// The clock where none is given.
    public static let wallClock: @Sendable () -> Timestamp = {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }

    private static let correlationIDName = HTTPField.Name("correlation-id")

    private let intake: EventIntake
    private let bodies: RequestBodyReader
    private let configuration: IngressConfiguration
    private let decoder: EventRequestDecoder
    private let meters: TenantMeters?
    private let observer: any IngressObserver
    private let clock: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - intake: what stamps and appends.
    ///   - bodies: reads request bodies within the limits of the server.
    ///   - meters: hold tenants to their rates; nil: nobody is held.
    ///   - observer: counts.
    ///   - clock: the wall clock; gives the timestamps of the records.
    public init(
        configuration: IngressConfiguration = IngressConfiguration(), intake: EventIntake, bodies: RequestBodyReader,
        meters: TenantMeters? = nil, observer: any IngressObserver = SilentIngressObserver(),
        clock: @escaping @Sendable () -> Timestamp = EventRoutes.wallClock
    ) {
        self.intake = intake
        self.bodies = bodies
        self.configuration = configuration
        self.decoder = EventRequestDecoder(limits: configuration.limits)
        self.meters = meters
        self.observer = observer
        self.clock = clock
    }

    /// Registers the path.
    public func addRoutes(to routes: RouteTable) {
        routes.post(RouterPath(Self.path)) { request, context in try await self.publish(request, context: context) }
    }

    private func publish(_ request: Request, context: RouterRequestContext) async throws -> Response {
        let start = NIODeadline.now()
        self.observer.began()
        do {
            let contentType = request.headers[.contentType]
            let mode = try self.decoder.mode(
                contentType: contentType, contentEncoding: request.headers[.contentEncoding])
            let meter = self.meters?.meter(of: context.tenant)
            try meter?.check(bytes: request.headers[.contentLength].flatMap { Int($0) })
            return try await self.bodies.withBody(of: request) { body in
                let accepted = try await self.accept(
                    body, of: request, mode: mode, contentType: contentType, tenant: context.tenant, start: start, meter
                )
                self.observer.accepted(
                    mode: mode, events: accepted.events.count, bytes: body.readableBytes,
                    durationNanoseconds: (NIODeadline.now() - start).nanoseconds)
                return self.answer(accepted, mode: mode, meter)
            }
        } catch let error as ProblemError {
            self.observer.refused(IngressProblem.refusal(for: error))
            throw error
        } catch {
            self.observer.refused(error is CancellationError ? .cutOff : .failed)
            throw error
        }
    }

    private func accept(
        _ body: ByteBuffer, of request: Request, mode: HTTPContentMode, contentType: String?, tenant: String,
        start: NIODeadline, _ meter: TenantMeter?
    ) async throws -> AcceptedEvents {
        let trace = TraceContext(headers: request.headers)
        let prepared: PreparedEvents
        do throws(ProblemError) {
            prepared = try self.prepare(
                body, of: request, mode: mode, contentType: contentType,
                from: EventOrigin(tenant: tenant, trace: trace, tracer: self.intake.tracer))
            try meter?.take(events: prepared.events.count, bytes: body.readableBytes)
        } catch {
            if let tracer = self.intake.tracer {
                IngressSpans.refused(
                    error, trace: trace, tracer: tracer, route: Self.path, tenant: tenant,
                    elapsedNanoseconds: (NIODeadline.now() - start).nanoseconds)
            }
            throw error
        }
        let spans = self.intake.tracer.flatMap { tracer in
            IngressSpans(
                of: prepared, trace: trace, tracer: tracer, route: Self.path, tenant: tenant,
                elapsedNanoseconds: (NIODeadline.now() - start).nanoseconds)
        }
        do {
            let accepted = try await self.intake.append(prepared)
            meter?.accepted(events: accepted.events.count, bytes: body.readableBytes)
            spans?.accepted(bodyBytes: body.readableBytes)
            return accepted
        } catch {
            meter?.giveBack(events: prepared.events.count, bytes: body.readableBytes)
            guard let error = error as? EventLogError else { throw error }
            let problem = IngressProblem.problem(for: error, form: IngressProblem.Form(mode))
            spans?.refused(problem, bodyBytes: body.readableBytes)
            throw problem
        }
    }

    private func prepare(
        _ body: ByteBuffer, of request: Request, mode: HTTPContentMode, contentType: String?, from origin: EventOrigin
    ) throws(ProblemError) -> PreparedEvents {
        do throws(CloudEventError) {
            let events = try self.decoder.events(
                in: body, mode: mode,
                headers: request.headers.lazy.map { (name: $0.name.canonicalName, value: $0.value) },
                contentType: contentType)
            return try self.intake.prepare(events, from: origin, arrival: self.clock())
        } catch {
            throw IngressProblem.problem(for: error, form: IngressProblem.Form(mode), limits: self.configuration)
        }
    }

    private func answer(_ accepted: AcceptedEvents, mode: HTTPContentMode, _ meter: TenantMeter?) -> Response {
        var headers = HTTPFields()
        if let fields = meter?.fields { headers.add(fields) }
        if mode != .batched, let name = Self.correlationIDName {
            headers[name] = accepted.events.first?.correlationID
        }
        return Response.json(accepted.json, status: .accepted, headers: headers)
    }
}
