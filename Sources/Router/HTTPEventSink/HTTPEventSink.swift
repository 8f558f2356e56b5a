import AsyncHTTPClient
import CloudEvents
import Delivery
import NIOCore
import NIOHTTP1
import NetworkGuard
import Traces

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Delivers events to HTTP endpoints (CloudEvents 1.0, HTTP protocol binding) over pooled connections.
///
/// A request carries the event in the destination's content mode, `tenantId`, `correlationId` and `runId` where the
/// event has them, the `traceparent` of this hop with the event's `tracestate`, `Idempotency-Key`, `User-Agent`, and
/// the subscription's own headers except those that the router sets itself.
///
/// 2xx with a whole answer is delivered; 408, 425, 429, 5xx, timeouts and broken connections are tried again; 410 is
/// gone; other 4xx, and 3xx, which are never followed, are rejected, as is a destination to which no request can be
/// made.
///
/// Nothing is sent to addresses that ``HTTPEventSinkConfiguration/networkPolicy`` does not allow: an attempt on one is
/// tried again like one that found nobody, whatever may have changed by then. Proxies are not used, also where the
/// environment names one.
///
/// Attempts do not wait for each other here; no more than ``HTTPEventSinkConfiguration/connectionsPerDestinationMax``
/// are on the wire to one HTTP/1.1 destination. ``shutdown()`` has to be called before the sink is let go.
public final class HTTPEventSink: EventSink, Sendable {
    let client: HTTPClient
    /// For the hosts that the policy allows by name: on its connections more addresses are allowed.
    private let allowedHostsClient: HTTPClient?
    private let addressGuard: AddressGuard
    private let observer: (any AddressRefusalObserver)?
    let configuration: HTTPEventSinkConfiguration
    let destinations: PreparedDestinations
    private let authorizations: AuthorizationFiles
    private let encoder = RequestEncoder()
    private let spanIDs = SpanIDs()
    private let tracer: Tracer?

    /// - Parameters:
    ///   - configuration: Limits; values out of range are clamped.
    ///   - certificates: What servers with TLS are shown, and who is believed; nil: nothing, and whom the system does.
    ///   - observer: Hears of attempts that are refused.
    ///   - tracer: Records a span of each request whose attempt is part of a recorded trace; nil: none is.
    ///   - eventLoopGroup: Where connections live. It has to outlive the sink, and stays the caller's.
    public convenience init(
        configuration: HTTPEventSinkConfiguration = HTTPEventSinkConfiguration(),
        certificates: SinkCertificates? = nil, observer: (any AddressRefusalObserver)? = nil, tracer: Tracer? = nil,
        eventLoopGroup: any EventLoopGroup = HTTPClient.defaultEventLoopGroup
    ) {
        self.init(
            configuration: configuration, certificates: certificates, observer: observer, tracer: tracer,
            lookup: .system,
            eventLoopGroup: eventLoopGroup)
    }

    /// - Parameter lookup: What names are looked up with before there is a connection.
    init(
        configuration: HTTPEventSinkConfiguration, certificates: SinkCertificates? = nil,
        observer: (any AddressRefusalObserver)?, tracer: Tracer? = nil, lookup: AddressLookup,
        eventLoopGroup: any EventLoopGroup = HTTPClient.defaultEventLoopGroup
    ) {
        let configuration = configuration.clamped()
        self.configuration = configuration
        self.observer = observer
        let addressGuard = AddressGuard(
            configuration: configuration, lookup: lookup, eventLoopGroup: eventLoopGroup)
        self.addressGuard = addressGuard
        self.destinations = PreparedDestinations(
            max: configuration.preparedDestinationsMax, userAgent: "portarium/\(configuration.version)",
            origin: configuration.requestOrigin,
            gate: { addressGuard.gate(ofHost: $0) })
        self.authorizations = AuthorizationFiles(configuration: configuration)
        self.tracer = tracer
        let client = Self.clientConfiguration(configuration, certificates)
        func makeClient(isForAllowedHosts: Bool) -> HTTPClient {
            var client = client
            addressGuard.watch(&client, isForAllowedHosts: isForAllowedHosts)
            return HTTPClient(eventLoopGroupProvider: .shared(eventLoopGroup), configuration: client)
        }
        self.client = makeClient(isForAllowedHosts: false)
        self.allowedHostsClient =
            configuration.networkPolicy.allowedHosts.isEmpty ? nil : makeClient(isForAllowedHosts: true)
    }

    private static func clientConfiguration(
        _ configuration: HTTPEventSinkConfiguration, _ certificates: SinkCertificates?
    ) -> HTTPClient.Configuration {
        var client = HTTPClient.Configuration()
        client.tlsConfiguration = certificates?.tls
        client.redirectConfiguration = .disallow
        client.timeout.connect = .milliseconds(configuration.connectTimeoutMilliseconds)
        client.connectionPool.idleTimeout = .milliseconds(configuration.connectionIdleTimeoutMilliseconds)
        client.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = configuration.connectionsPerDestinationMax
        // Whether and when to try again is for the delivery to say, which counts attempts; a refusal is told at once.
        client.connectionPool.retryConnectionEstablishment = false
        client.maximumUsesPerConnection = configuration.requestsPerConnectionMax
        client.httpVersion = configuration.isHTTP2Enabled ? .automatic : .http1Only
        // The trace goes on from the event, not from the task that happens to send it.
        client.tracing.tracer = nil
        return client
    }

    /// Makes one attempt within the destination's timeout, which covers connecting, sending, and the whole answer.
    ///
    /// A cancelled task closes the attempt's connection; the report, which nobody should read, is then a retry.
    public func send(_ attempt: DeliveryAttempt) async -> AttemptReport {
        let start = NIODeadline.now()
        let spanID = self.spanIDs.next()
        let prepared = self.destinations[attempt.destination]
        func report(_ meaning: AttemptReport.Meaning, _ status: Int?, _ error: String?) -> AttemptReport {
            let report = AttemptReport(
                meaning: meaning, status: status, error: error,
                durationNanoseconds: (NIODeadline.now() - start).nanoseconds)
            if let tracer, let parent = attempt.traceParent, parent.isSampled {
                tracer.record([Span(request: spanID, to: prepared, of: attempt, in: parent, report, now: tracer.now)])
            }
            return report
        }
        let trust = attempt.destination.trust
        if let fault = trust.fault { return Self.withheld(report(.retry(afterMilliseconds: nil), nil, fault)) }
        var request: HTTPClientRequest
        do throws(DestinationFault) {
            request = try self.encoder.request(
                for: attempt, from: prepared.template.get(), spanID: spanID)
        } catch {
            return report(.rejected, nil, error.text)
        }
        let deadline = start + .milliseconds(max(attempt.destination.timeoutMilliseconds, 1))
        let response: HTTPClientResponse
        do {
            try await self.authorize(&request, attempt.destination, deadline: deadline)
            response = try await self.execute(request, prepared, deadline: deadline)
        } catch let fault as AuthorizationFiles.Fault {
            return Self.withheld(report(.retry(afterMilliseconds: nil), nil, fault.text))
        } catch {
            return report(.retry(afterMilliseconds: nil), nil, self.text(of: error, prepared))
        }
        let status = Int(response.status.code)
        let failure = await ResponseBody.discard(
            response, bytesMax: self.configuration.responseBodyBytesMax, deadline: deadline,
            eventLoop: self.client.eventLoopGroup.any())
        let meaning = AttemptReport.meaning(
            ofStatus: status, retryAfterMilliseconds: self.retryAfterMilliseconds(of: response))
        if let failure, meaning == .delivered {
            // The endpoint may have failed while it answered: only a whole answer says that it has the event.
            return report(.retry(afterMilliseconds: nil), status, "\(failure) in the answer's body")
        }
        return report(meaning, status, AttemptReport.text(ofStatus: status))
    }

    /// Closes all connections and ends attempts that are under way as retries; later attempts are retries at once.
    /// May be called more than once.
    public func shutdown() async {
        await self.addressGuard.stop()
        // What it throws says that attempts were cut short, or that it was called before: both are as documented.
        try? await self.client.shutdown()
        try? await self.allowedHostsClient?.shutdown()
    }

    /// Adds what a file says, where `Authorization` comes from one; every other value is in the request already.
    func authorize(
        _ request: inout HTTPClientRequest, _ destination: Destination, deadline: NIODeadline
    ) async throws(AuthorizationFiles.Fault) {
        guard case .file(let tenant, let name)? = destination.trust.authorization else { return }
        let value = try await self.authorizations.value(
            tenant: tenant, name: name, until: deadline, on: self.client.eventLoopGroup.any())
        request.headers.add(name: "Authorization", value: value)
    }

    /// Sends to where the guard lets it, no later than the deadline.
    func execute(
        _ request: HTTPClientRequest, _ prepared: PreparedDestination, deadline: NIODeadline
    ) async throws -> HTTPClientResponse {
        let connected = NIODeadline.now() + .milliseconds(self.configuration.connectTimeoutMilliseconds)
        try await prepared.gate.pass(until: min(deadline, connected))
        return try await self.client(for: prepared.gate).execute(request, deadline: deadline)
    }

    /// A failure in a few words; the observer hears of an address that is not allowed.
    func text(of error: any Error, _ prepared: PreparedDestination) -> String {
        if let fault = error as? AuthorizationFiles.Fault { return fault.text }
        let refusal = self.addressGuard.refusal(of: error, isAllowedHost: prepared.gate.isAllowedHost)
        if let refusal { self.observer?.refused(refusal, host: prepared.host) }
        return AttemptReport.text(of: refusal ?? error)
    }

    /// Nothing was sent: it says nothing of the destination.
    private static func withheld(_ report: AttemptReport) -> AttemptReport {
        var report = report
        report.reachedDestination = false
        return report
    }

    private func client(for gate: HostGate) -> HTTPClient {
        gate.isAllowedHost ? self.allowedHostsClient ?? self.client : self.client
    }

    private func retryAfterMilliseconds(of response: HTTPClientResponse) -> Int64? {
        guard response.status.code >= 400, let value = response.headers.first(name: "retry-after") else { return nil }
        return RetryAfter.milliseconds(
            value, nowMilliseconds: Int64(Date().timeIntervalSince1970 * 1_000),
            max: self.configuration.retryAfterMillisecondsMax)
    }
}
