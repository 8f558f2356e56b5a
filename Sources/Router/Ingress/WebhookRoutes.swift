import CloudEvents
import EventLog
import HTTPServing
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NetworkGuard
import Observability
import WebhookSignatures
import Webhooks

/// `POST /v1/webhooks/{endpointId}`: a provider's request becomes events. The endpoint says whose they are; nothing of
/// a body is looked at before its signature is known to be good.
///
/// 202 is answered only when the log, or the spool, has all events of the request durably, or had them before.
public struct WebhookRoutes: RouteProvider {
    /// Whose it is depends on the endpoint.
    public let needsTenant = false
    static let path = "/v1/webhooks/{endpointId}"

    private let configuration: WebhookIntakeConfiguration
    private let endpoints: any WebhookEndpointSource
    private let intake: WebhookIntake
    private let bodies: RequestBodyReader
    private let meters: TenantMeters?
    private let observer: any WebhookObserver
    private let clock: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - endpoints: knows who may send what.
    ///   - intake: what stamps and appends.
    ///   - bodies: reads request bodies within the limits of the server.
    ///   - meters: hold tenants to their rates; nil: nobody is held.
    ///   - observer: counts.
    ///   - clock: the wall clock.
    public init(
        configuration: WebhookIntakeConfiguration, endpoints: any WebhookEndpointSource, intake: WebhookIntake,
        bodies: RequestBodyReader, meters: TenantMeters? = nil, observer: any WebhookObserver,
        clock: @escaping @Sendable () -> Timestamp = EventRoutes.wallClock
    ) {
        self.configuration = configuration
        self.endpoints = endpoints
        self.intake = intake
        self.bodies = bodies
        self.meters = meters
        self.observer = observer
        self.clock = clock
    }

    /// Registers the path.
    public func addRoutes(to routes: RouteTable) {
        routes.post(RouterPath(Self.path)) { request, context in try await self.receive(request, context) }
        routes.on(RouterPath(Self.path), method: .options) { request, context in try self.validate(request, context) }
    }

    private func endpoint(_ context: RouterRequestContext) throws -> ActiveWebhookEndpoint {
        guard let id = context.parameters.get("endpointId"), let endpoint = self.endpoints.active(id) else {
            self.observer.webhook(provider: nil, outcome: .unknownEndpoint)
            throw ProblemError(.notFound, "there is no such webhook endpoint")
        }
        return endpoint
    }

    /// The validation handshake of CloudEvents (`http-webhook.md`, section 4): any origin may send, for it has to sign.
    /// The permission is in this answer; an address to call back (`WebHook-Request-Callback`) is never called, so that
    /// nobody can make the router send requests.
    private func validate(_ request: Request, _ context: RouterRequestContext) throws -> Response {
        var headers: HTTPFields = [.allow: "OPTIONS, POST"]
        guard let origin = HTTPField.Name.webHookRequestOrigin.flatMap({ request.headers[$0] }), !origin.isEmpty else {
            return Response(status: .noContent, headers: headers)
        }
        let active = try self.endpoint(context)
        if let name = HTTPField.Name.webHookAllowedOrigin { headers[name] = origin }
        if let name = HTTPField.Name.webHookAllowedRate { headers[name] = "*" }
        self.observer.webhook(provider: active.endpoint.provider.name, outcome: .challenge)
        return Response(status: .ok, headers: headers)
    }

    private func receive(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let active = try self.endpoint(context)
        let provider = active.endpoint.provider.name
        do {
            try self.checkAddress(request, context, active.endpoint)
            if let coding = request.headers[.contentEncoding], coding.lowercased() != "identity" {
                throw ProblemError(.unsupportedMediaType, "send the body without Content-Encoding")
            }
            return try await self.bodies.withBody(of: request) { body in
                try await self.receive(body, request, context, active)
            }
        } catch let error as WebhookRefusal {
            self.observer.webhook(provider: provider, outcome: error.outcome)
            throw error.problem
        } catch let error as ProblemError {
            self.observer.webhook(provider: provider, outcome: .refused(IngressProblem.refusal(for: error)))
            throw error
        } catch {
            self.observer.webhook(
                provider: provider, outcome: .refused(error is CancellationError ? .cutOff : .failed))
            throw error
        }
    }

    private func checkAddress(
        _ request: Request, _ context: RouterRequestContext, _ endpoint: WebhookEndpoint
    ) throws {
        guard !endpoint.allowedAddresses.isEmpty else { return }
        let client = ClientAddress.resolve(
            peer: context.peerAddress,
            forwardedFor: HTTPField.Name.xForwardedFor.map { request.headers[values: $0] } ?? [],
            trustedProxies: self.configuration.trustedProxies)
        guard let client, endpoint.allowedAddresses.contains(where: { $0.contains(client) }) else {
            context.logger.debug(
                "a webhook comes from an address that is not allowed",
                metadata: Self.metadata(of: endpoint, request).merging(
                    ["address": "\(client.map(\.description) ?? "unknown")"]) { $1 })
            throw WebhookRefusal(
                outcome: .address, problem: ProblemError(.forbidden, "the endpoint does not take requests from here"))
        }
    }

    private func receive(
        _ body: ByteBuffer, _ request: Request, _ context: RouterRequestContext, _ active: ActiveWebhookEndpoint
    ) async throws -> Response {
        let (arrival, start) = (self.clock(), NIODeadline.now())
        let webhook = WebhookRequest(
            headers: request.headers.map { (name: $0.name.canonicalName, value: $0.value) }, body: body,
            url: self.url(of: request, active.endpoint))
        try self.verify(webhook, request, context, active, arrival)
        let provider = active.endpoint.provider
        if let challenge = WebhookChallenge.answer(to: webhook, of: provider) {
            self.observer.webhook(provider: provider.name, outcome: .challenge)
            var text = ByteBuffer(staticString: #"{"challenge":"#)
            text.writeJSONString(challenge)
            text.writeStaticString("}")
            return Response.json(text)
        }
        do {
            let events = try active.translator.events(of: webhook, arrival: arrival)
            let meter = self.meters?.meter(of: active.endpoint.tenant)
            try meter?.take(events: events.count, bytes: body.readableBytes)
            var accepted: AcceptedEvents?
            // What was there before, or comes to nothing, is not charged.
            defer {
                meter?.settle(
                    taken: events.count, accepted: accepted.map(\.events.count) ?? 0, bytes: body.readableBytes)
            }
            accepted = try await self.intake.take(
                events, of: active, bodyBytes: body.readableBytes,
                trace: TraceContext(headers: request.headers), arrival: arrival, start: start)
            self.observer.webhook(
                provider: provider.name,
                outcome: accepted.map { $0.isSpooled ? .spooled : .accepted } ?? .duplicate)
            var headers = HTTPFields()
            if let fields = meter?.fields { headers.add(fields) }
            guard let accepted else {
                let answer = ByteBuffer(staticString: #"{"accepted":0,"duplicate":true}"#)
                return Response.json(answer, status: .accepted, headers: headers)
            }
            return Response.json(accepted.json, status: .accepted, headers: headers)
        } catch let error as CloudEventError {
            // Data are the body, unless the body is an event already.
            let isBody = error.code == .schemaViolation && !active.translator.takesEvents
            throw self.recorded(
                IngressProblem.problem(
                    for: error, form: isBody ? .headers : .document, limits: self.configuration.ingress),
                request, active, start)
        } catch let error as ProblemError {
            throw self.recorded(error, request, active, start)
        } catch let error as EventLogError {
            // Its span is that of the append.
            throw IngressProblem.problem(for: error, form: .document)
        }
    }

    /// The refusal of a genuine webhook, which has a span.
    private func recorded(
        _ problem: ProblemError, _ request: Request, _ active: ActiveWebhookEndpoint, _ start: NIODeadline
    ) -> ProblemError {
        if let tracer = self.intake.tracer {
            IngressSpans.refused(
                problem, trace: TraceContext(headers: request.headers), tracer: tracer, route: Self.path,
                tenant: active.endpoint.tenant, elapsedNanoseconds: (NIODeadline.now() - start).nanoseconds)
        }
        return problem
    }

    private func verify(
        _ webhook: WebhookRequest, _ request: Request, _ context: RouterRequestContext,
        _ active: ActiveWebhookEndpoint, _ arrival: Timestamp
    ) throws {
        guard let verifier = active.verifier else {
            throw WebhookRefusal(
                outcome: .sealed,
                problem: ProblemError(
                    .unavailable, "the endpoint cannot judge webhooks now; send this one again later",
                    retryAfterSeconds: 60))
        }
        do throws(WebhookRejection) {
            try verifier.verify(webhook, nowMilliseconds: arrival.milliseconds)
        } catch {
            context.logger.debug(
                "a webhook is not believed",
                metadata: Self.metadata(of: active.endpoint, request).merging(["reason": "\(error)"]) { $1 })
            var problem = ProblemError(.unauthenticated, "the request is not signed as the endpoint expects it")
            problem.headers[.wwwAuthenticate] = Self.challenge(of: active.endpoint.provider)
            throw WebhookRefusal(outcome: WebhookOutcome(error), problem: problem)
        }
    }

    /// What a line about a webhook says of it.
    private static func metadata(of endpoint: WebhookEndpoint, _ request: Request) -> Logger.Metadata {
        var metadata: Logger.Metadata = [LogKey.endpoint: "\(endpoint.id)", LogKey.tenant: "\(endpoint.tenant)"]
        metadata[LogKey.traceID] = TraceContext(headers: request.headers).map { "\($0.parent.traceIDText)" }
        return metadata
    }

    /// RFC 9110, section 11.6.1.
    private static func challenge(of provider: WebhookProvider) -> String {
        switch provider.name {
        case "basic": "Basic realm=\"webhooks\""
        case "activepieces", "bearer": "Bearer"
        default: "Signature"
        }
    }

    /// What the provider was told, with the query that came in the place of its own: providers add to that. nil where
    /// nobody knows it.
    private func url(of request: Request, _ endpoint: WebhookEndpoint) -> String? {
        guard endpoint.provider.signsURL else { return nil }
        guard let base = endpoint.publicURL ?? self.configuration.publicURL.map({ $0 + endpoint.path }) else {
            return nil
        }
        return request.uri.query.map { "\(base.prefix { $0 != "?" })?\($0)" } ?? base
    }
}

/// A refusal that is counted as something of its own.
private struct WebhookRefusal: Error {
    var outcome: WebhookOutcome
    var problem: ProblemError
}

extension HTTPField.Name {
    fileprivate static let webHookRequestOrigin = Self("WebHook-Request-Origin")
    fileprivate static let webHookAllowedOrigin = Self("WebHook-Allowed-Origin")
    fileprivate static let webHookAllowedRate = Self("WebHook-Allowed-Rate")
    fileprivate static let xForwardedFor = Self("X-Forwarded-For")
}
