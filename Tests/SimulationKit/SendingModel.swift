import Delivery
import Subscriptions

/// What may be sent, judged a second time: caps, circuits, silences and rates, as the owner of a sink would count them.
struct SendingModel: Sendable {
    struct Endpoint: Hashable, Sendable {
        let tenant: String
        let origin: String
    }

    private struct EndpointState: Sendable {
        var circuit: Circuit
        var users = 0
        var inFlight = 0
        var isProbing = false
    }

    private struct Line: Sendable {
        var endpoint: Endpoint
        var concurrency: Int
        var rate: Double?
        var inFlight = 0
        var silentUntil: Int64 = .min
        /// Attempts that the rate has saved up.
        var tokens: Double
        var tokensAt: Int64

        var tokensMax: Double { max(1, (self.rate ?? 0) / 20) }
    }

    private let limits: DeliveryLimits
    private var endpoints: [Endpoint: EndpointState] = [:]
    private var lines: [String: Line] = [:]
    private var inFlight = 0
    private var inFlightOfTenant: [String: Int] = [:]
    /// How often a circuit let a probe through.
    private(set) var probes = 0

    init(limits: DeliveryLimits) { self.limits = limits }

    /// Endpoints that somebody sends to, or something is on its way to.
    var endpointCount: Int { self.endpoints.count }

    mutating func join(_ subscription: SimulatedSubscription, now: Int64) {
        let endpoint = Endpoint(tenant: subscription.id.tenant, origin: subscription.origin)
        self.use(endpoint)
        var line = Line(
            endpoint: endpoint, concurrency: subscription.config.concurrency,
            rate: subscription.config.rateLimitPerSecond, tokens: 0, tokensAt: now)
        line.tokens = line.tokensMax
        self.lines[subscription.generation] = line
    }

    mutating func update(_ subscription: SimulatedSubscription, now: Int64) {
        guard var line = self.lines[subscription.generation] else { return }
        let endpoint = Endpoint(tenant: subscription.id.tenant, origin: subscription.origin)
        self.use(endpoint)
        self.leave(line.endpoint)
        line.endpoint = endpoint
        line.concurrency = subscription.config.concurrency
        if line.rate != subscription.config.rateLimitPerSecond {
            line.rate = subscription.config.rateLimitPerSecond
            line.tokens = line.tokensMax
            line.tokensAt = now
        }
        if subscription.status == .active { line.silentUntil = .min }
        self.lines[subscription.generation] = line
    }

    mutating func leave(_ generation: String) {
        guard let line = self.lines.removeValue(forKey: generation) else { return }
        self.leave(line.endpoint)
    }

    private mutating func use(_ endpoint: Endpoint) {
        self.endpoints[
            endpoint,
            default: EndpointState(
                circuit: Circuit(
                    failuresMax: self.limits.circuitFailuresMax,
                    openMillisecondsMin: self.limits.circuitOpenMillisecondsMin,
                    openMillisecondsMax: self.limits.circuitOpenMillisecondsMax))
        ].users += 1
    }

    private mutating func leave(_ endpoint: Endpoint) {
        self.endpoints[endpoint]?.users -= 1
        self.forgetIfUnused(endpoint)
    }

    private mutating func forgetIfUnused(_ endpoint: Endpoint) {
        if let state = self.endpoints[endpoint], state.users == 0, state.inFlight == 0 {
            self.endpoints[endpoint] = nil
        }
    }

    /// An attempt goes out. Gives where it goes, whether it is a probe, and which promise it breaks.
    mutating func send(
        _ generation: String, now: Int64
    ) -> (endpoint: Endpoint, isProbe: Bool, violation: String?)? {
        guard var line = self.lines[generation], var endpoint = self.endpoints[line.endpoint] else { return nil }
        var violation: String?
        endpoint.circuit.advance(now: now)
        let isProbe = endpoint.circuit.state == .halfOpen
        if case .open = endpoint.circuit.state { violation = "the circuit is open" }
        if isProbe {
            if endpoint.isProbing { violation = "a probe is under way already" }
            endpoint.isProbing = true
            self.probes += 1
        }
        if now < line.silentUntil { violation = "its sink asked for silence until \(line.silentUntil)" }
        if let rate = line.rate {
            line.tokens = min(line.tokensMax, line.tokens + Double(now - line.tokensAt) * rate / 1_000)
            line.tokensAt = now
            line.tokens -= 1
            if line.tokens < -1e-6 { violation = "its rate is \(rate) a second" }
        }
        line.inFlight += 1
        endpoint.inFlight += 1
        self.inFlight += 1
        self.inFlightOfTenant[line.endpoint.tenant, default: 0] += 1
        if line.inFlight > line.concurrency { violation = "its concurrency is \(line.concurrency)" }
        if endpoint.inFlight > self.limits.inFlightPerDestinationMax { violation = "too many go to its destination" }
        if self.inFlight > self.limits.inFlightMax { violation = "too many are in flight" }
        if self.inFlightOfTenant[line.endpoint.tenant, default: 0] > self.limits.inFlightPerTenantMax {
            violation = "too many of its tenant are in flight"
        }
        self.lines[generation] = line
        self.endpoints[line.endpoint] = endpoint
        return (line.endpoint, isProbe, violation)
    }

    /// An attempt is answered, whether or not somebody still waits for it.
    mutating func answer(_ generation: String, _ endpoint: Endpoint, isProbe: Bool, _ report: AttemptReport, now: Int64)
    {
        self.inFlight -= 1
        self.inFlightOfTenant[endpoint.tenant, default: 0] -= 1
        self.endpoints[endpoint]?.inFlight -= 1
        if isProbe { self.endpoints[endpoint]?.isProbing = false }
        if case .retry = report.meaning, report.status != 429 {
            self.endpoints[endpoint]?.circuit.failed(wasProbe: isProbe, now: now)
        } else {
            self.endpoints[endpoint]?.circuit.succeeded()
        }
        self.forgetIfUnused(endpoint)
        guard var line = self.lines[generation] else { return }
        line.inFlight -= 1
        if case .retry(let after?) = report.meaning { line.silentUntil = max(line.silentUntil, now + after) }
        self.lines[generation] = line
    }
}
