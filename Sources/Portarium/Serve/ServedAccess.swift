import EventDispatch
import EventLog
import HTTPServing
import Identity
import Logging
import Observability
import ServiceLifecycle
import TokenVerification

/// Who may do what: the keys, and what asks them.
struct ServedAccess: Sendable {
    let keys: LogKeyService
    /// Says who calls.
    let callers: any CallerResolver

    private let tokens: TokenVerifier?

    var services: [any Service] { [self.keys] + (self.tokens.map { [$0] } ?? []) }

    /// Reads the keys that the log has. Its topics are there.
    /// - Throws: `EventLogError` where they cannot be read.
    init(
        _ configuration: RouterConfiguration, _ log: any EventLog, metrics: PrometheusMetrics, logger: Logger
    ) async throws {
        self.keys = configuration.keyService(on: log, logger: logger)
        try await self.keys.load()
        self.tokens = configuration.tokenVerifier.map { TokenVerifier(configuration: $0, logger: logger) }
        // There, with nothing counted, also where nobody is refused.
        let observer = AccessMetrics(factory: metrics, logger: logger)
        switch configuration.auth.mode {
        case .keyless:
            self.callers = HeaderTenantResolver(defaultTenant: configuration.server.defaultTenant)
            if !configuration.listensOnLoopback {
                logger.warning(
                    "everyone who reaches the router may do everything, for any tenant: set auth.mode to required",
                    metadata: ["listenHost": "\(configuration.server.listenHost)"])
            }
        case .required:
            self.callers = CredentialResolver(
                keys: self.keys, tokens: self.tokens, defaultTenant: configuration.server.defaultTenant,
                observer: observer)
            if self.keys.count == 0, configuration.auth.bootstrapKey.isEmpty, self.tokens == nil {
                logger.warning(
                    """
                    nobody can sign in: there is no key yet; make one with 'portarium keys create' while the router is \
                    stopped, or set auth.bootstrapKey
                    """)
            }
        }
    }
}

extension RouterConfiguration {
    /// Whose tokens are taken, where there are callers to know at all.
    fileprivate var tokenVerifier: TokenVerifierConfiguration? {
        guard self.auth.mode == .required, !self.auth.jwtIssuer.isEmpty else { return nil }
        var policy = TokenPolicy(issuer: self.auth.jwtIssuer, audience: self.auth.jwtAudience)
        policy.clockSkewSeconds = self.auth.jwtClockSkewSeconds
        policy.tenantClaims = self.auth.jwtTenantClaims
        policy.rolesClaim = self.auth.jwtRolesClaim
        var tokens = TokenVerifierConfiguration(policy: policy)
        tokens.keySetURL = self.auth.jwtKeySetURL.isEmpty ? nil : self.auth.jwtKeySetURL
        tokens.algorithms = self.auth.jwtAlgorithms
        tokens.refreshInterval = .seconds(self.auth.jwtRefreshSeconds)
        return tokens
    }

    /// The keys in a log, which are read by `load()`.
    func keyService(on log: any EventLog, logger: Logger) -> LogKeyService {
        let bootstrap = self.auth.bootstrapKey
        return LogKeyService(
            log: log, topic: self.dispatchConfiguration(eventTopics: []).keyTopic,
            keysPerTenantMax: self.auth.keysPerTenantMax,
            bootstrap: bootstrap.isEmpty ? nil : KeyDigest(of: bootstrap.revealed), logger: logger)
    }
}
