import Identity
import Logging
import Synchronization
import TokenIssuerKit

@testable import TokenVerification

extension TokenIssuer {
    /// Runs `body` with a verifier of this issuer.
    func with(
        isDiscovered: Bool = false, now: @escaping @Sendable () -> Int64 = { TokenIssuer.now },
        _ change: @escaping @Sendable (inout TokenVerifierConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (TokenVerifier) async throws -> Void
    ) async throws {
        try await self.serve { base in
            if isDiscovered { self.name.withLock { $0 = base } }
            let policy = TokenPolicy(issuer: self.name.withLock { $0 }, audience: Self.audience)
            var configuration = TokenVerifierConfiguration(policy: policy)
            if !isDiscovered { configuration.keySetURL = base + "/jwks" }
            change(&configuration)
            let verifier = TokenVerifier(
                configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                now: now)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await verifier.run() }
                try await body(verifier)
                group.cancelAll()
            }
        }
    }
}

extension TokenVerdict {
    var principal: Principal? { if case .valid(let principal) = self { principal } else { nil } }

    /// Why it is not valid.
    var reason: String? { if case .invalid(let reason) = self { reason } else { nil } }
}
