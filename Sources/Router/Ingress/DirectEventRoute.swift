import CloudEvents
import EventLog
import HTTPServing
import Identity
import NIOCore
import NIOHTTP1
import TenantLimits

/// `POST /v1/events` on its direct way: decoded, stamped and handed over on the event loop, answered there when the log
/// has the events. What it takes and answers is what ``EventRoutes`` takes and answers.
public struct DirectEventRoute: DirectRoute {
    public let method = HTTPMethod.POST
    public let path = EventRoutes.path

    private let configuration: IngressConfiguration
    private let decoder: EventRequestDecoder
    private let intake: EventIntake
    private let queue: EventIntakeQueue
    private let callers: any CallerResolver
    private let need: AccessNeed?
    private let meters: TenantMeters?
    private let observer: any IngressObserver
    private let clock: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - intake: what stamps and routes.
    ///   - queue: what appends.
    ///   - callers: says who calls.
    ///   - meters: hold tenants to their rates; nil: nobody is held.
    ///   - observer: counts.
    ///   - clock: the wall clock; gives the timestamps of the records.
    public init(
        configuration: IngressConfiguration = IngressConfiguration(), intake: EventIntake, queue: EventIntakeQueue,
        callers: any CallerResolver, meters: TenantMeters? = nil,
        observer: any IngressObserver = SilentIngressObserver(),
        clock: @escaping @Sendable () -> Timestamp = EventRoutes.wallClock
    ) {
        self.configuration = configuration
        self.decoder = EventRequestDecoder(limits: configuration.limits)
        self.intake = intake
        self.queue = queue
        self.callers = callers
        self.need = AccessTable.need(method: "POST", path: EventRoutes.path)
        self.meters = meters
        self.observer = observer
        self.clock = clock
    }

    /// Lets in whom the caller's credential allows to publish. Not what may have to be parked first or takes long to be
    /// judged, nor what has a token that was not seen before: nobody else waits for that.
    ///
    /// Refuses callers, tenants, formats and codings that are not taken, and tenants that are over a rate.
    public func admit(_ head: HTTPRequestHead) -> DirectAdmission {
        guard self.isSmall(head), let need else { return .elsewhere }
        do throws(ProblemError) {
            guard let caller = try self.callers.caller(of: head.headers, needing: need) else { return .elsewhere }
            let mode = try self.mode(of: head)
            if self.intake.judges(tenant: caller.tenant),
                mode == .batched || !Self.has(head, bytesMax: self.configuration.directJudgedBytesMax)
            {
                return .elsewhere
            }
            try self.meters?.meter(of: caller.tenant).check(
                bytes: head.headers.first(name: "content-length").flatMap { Int($0) })
            self.observer.began()
            return .admitted(caller)
        } catch {
            self.observer.began()
            return .refused(error)
        }
    }

    private func isSmall(_ head: HTTPRequestHead) -> Bool {
        if self.configuration.directBodyBytesMax == .max { return true }
        return Self.has(head, bytesMax: self.configuration.directBodyBytesMax)
    }

    /// Whether a request says that its body has no more bytes.
    private static func has(_ head: HTTPRequestHead, bytesMax: Int) -> Bool {
        guard let length = head.headers.first(name: "content-length").flatMap({ Int($0) }) else { return false }
        return length <= bytesMax
    }

    /// Counts.
    public func refused(_ problem: ProblemError) {
        self.observer.refused(IngressProblem.refusal(for: problem))
    }

    /// Decodes, stamps and hands over; answers 202 when the log has the events, or what is wrong with them.
    public func serve(_ request: DirectRequest, answer: EventLoopPromise<DirectAnswer>) {
        do throws(ProblemError) {
            let mode = try self.mode(of: request.head)
            let trace = Self.trace(of: request.head.headers)
            let prepared = try self.prepare(request, mode, trace)
            let (bytes, start) = (request.body.readableBytes, request.start)
            let (observer, events) = (self.observer, prepared.events)
            let meter = self.meters?.meter(of: request.caller.tenant)
            try meter?.take(events: events.count, bytes: bytes)
            let spans = self.intake.tracer.flatMap { tracer in
                IngressSpans(
                    of: prepared, trace: trace, tracer: tracer, route: EventRoutes.path,
                    tenant: request.caller.tenant, elapsedNanoseconds: (NIODeadline.now() - start).nanoseconds)
            }
            self.queue.append(prepared.records, on: answer.futureResult.eventLoop) { result in
                switch result {
                case .success(let positions):
                    observer.accepted(
                        mode: mode, events: events.count, bytes: bytes,
                        durationNanoseconds: (NIODeadline.now() - start).nanoseconds)
                    spans?.accepted(bodyBytes: bytes)
                    meter?.accepted(events: events.count, bytes: bytes)
                    answer.succeed(
                        Self.answer(AcceptedEvents(events: events, positions: positions), mode, meter?.fields))
                case .failure(let error):
                    meter?.giveBack(events: events.count, bytes: bytes)
                    let problem = IngressProblem.problem(for: error, form: IngressProblem.Form(mode))
                    observer.refused(IngressProblem.refusal(for: problem))
                    spans?.refused(problem, bodyBytes: bytes)
                    answer.succeed(DirectAnswer(problem))
                }
            }
        } catch {
            self.refused(error)
            if let tracer = self.intake.tracer {
                IngressSpans.refused(
                    error, trace: Self.trace(of: request.head.headers), tracer: tracer, route: EventRoutes.path,
                    tenant: request.caller.tenant,
                    elapsedNanoseconds: (NIODeadline.now() - request.start).nanoseconds)
            }
            answer.succeed(DirectAnswer(error))
        }
    }

    private static func trace(of headers: HTTPHeaders) -> TraceContext? {
        TraceContext(traceParents: headers["traceparent"], traceState: self.value(of: "tracestate", in: headers))
    }

    private func mode(of head: HTTPRequestHead) throws(ProblemError) -> HTTPContentMode {
        try self.decoder.mode(
            contentType: Self.value(of: "content-type", in: head.headers),
            contentEncoding: Self.value(of: "content-encoding", in: head.headers))
    }

    private func prepare(
        _ request: DirectRequest, _ mode: HTTPContentMode, _ trace: TraceContext?
    ) throws(ProblemError) -> PreparedEvents {
        let headers = request.head.headers
        do throws(CloudEventError) {
            let events = try self.decoder.events(
                in: request.body, mode: mode, headers: headers.lazy.map { (name: $0.name, value: $0.value) },
                contentType: Self.value(of: "content-type", in: headers))
            return try self.intake.prepare(
                events,
                from: EventOrigin(tenant: request.caller.tenant, trace: trace, tracer: self.intake.tracer),
                arrival: self.clock())
        } catch {
            throw IngressProblem.problem(
                for: error, form: IngressProblem.Form(mode), limits: self.configuration)
        }
    }

    private static func answer(
        _ accepted: AcceptedEvents, _ mode: HTTPContentMode, _ fields: RateLimitFields?
    ) -> DirectAnswer {
        var headers: HTTPHeaders = ["content-type": "application/json"]
        if mode != .batched, let correlationID = accepted.events.first?.correlationID {
            headers.add(name: "correlation-id", value: correlationID)
        }
        if let fields {
            headers.add(name: "ratelimit-policy", value: fields.policy)
            headers.add(name: "ratelimit", value: fields.standing)
        }
        return DirectAnswer(status: 202, headers: headers, body: accepted.json)
    }

    /// The lines of a header as one (RFC 9110, section 5.3); nil where there is none.
    private static func value(of name: String, in headers: HTTPHeaders) -> String? {
        let lines = headers[name]
        return lines.count > 1 ? lines.joined(separator: ", ") : lines.first
    }
}
