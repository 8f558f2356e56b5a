import Identity
import JWTKit
import Logging
import ServiceLifecycle
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Verifies the tokens of one issuer.
///
/// Its keys are fetched at the start, at an interval, and where a token names one that is not known, then never more
/// often than ``TokenVerifierConfiguration/unknownKeyInterval``. While the issuer does not answer, the keys that are
/// there go on; where there are none, no token is valid.
public final class TokenVerifier: TokenSource, Service {
    private struct State {
        var keys: SigningKeys?
        var lastFetch: ContinuousClock.Instant?
        /// Bumped with each set that differs: what was verified by an older one is not remembered any more.
        var generation = 0
        var tokens: VerifiedTokens
        var waiting: [CheckedContinuation<Void, Never>] = []
        var isFailing = false
        var hasEnded = false
    }

    private let configuration: TokenVerifierConfiguration
    private let logger: Logger
    private let now: @Sendable () -> Int64
    private let state: Mutex<State>
    private let wishes: AsyncStream<Void>
    private let wish: AsyncStream<Void>.Continuation

    /// Milliseconds since 1970 by the wall's clock.
    public static let wallClock: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000) }

    /// - Parameter now: the wall's clock, in milliseconds since 1970.
    public init(
        configuration: TokenVerifierConfiguration, logger: Logger,
        now: @escaping @Sendable () -> Int64 = TokenVerifier.wallClock
    ) {
        self.configuration = configuration
        self.logger = logger
        self.now = now
        self.state = Mutex(State(tokens: VerifiedTokens(countMax: configuration.rememberedTokensMax)))
        (self.wishes, self.wish) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    // MARK: Keys

    /// Fetches keys until graceful shutdown or the end of the task; once per instance.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    repeat {
                        self.wish.yield()
                        try? await Task.sleep(for: self.configuration.refreshInterval)
                    } while !Task.isCancelled
                }
                group.addTask { for await _ in self.wishes { await self.fetch() } }
            }
        }
        self.letGo { $0.hasEnded = true }
    }

    private func fetch() async {
        do {
            let bytes = try await KeySetFetch(configuration: self.configuration).run()
            let keys = try await SigningKeys(
                bytes, algorithms: self.configuration.algorithms, keysMax: self.configuration.keysMax)
            guard keys.count > 0 else { throw KeySetFetch.Failure(description: "the set has no key that can be used") }
            let wasFailing = self.letGo { state in
                if state.keys?.source != keys.source {
                    state.keys = keys
                    state.generation += 1
                    state.tokens.forgetAll()
                }
                defer { state.isFailing = false }
                return state.isFailing
            }
            if wasFailing { self.logger.info("the keys of the issuer can be fetched again") }
        } catch {
            if Task.isCancelled { return }
            let (isFirst, hasKeys) = self.letGo { state in
                defer { state.isFailing = true }
                return (!state.isFailing, state.keys != nil)
            }
            guard isFirst else { return }
            self.logger.warning(
                hasKeys
                    ? "the keys of the issuer cannot be fetched; those that are known go on"
                    : "the keys of the issuer cannot be fetched; no token is valid until they are",
                metadata: ["error": "\(error is KeySetFetch.Failure ? "\(error)" : "the answer is no JWK set")"])
        }
    }

    /// After a fetch, whatever came of it: changes the state and lets those go on that waited.
    private func letGo<Value>(_ body: (inout State) -> Value) -> Value {
        let (value, waiting) = self.state.withLock { state in
            state.lastFetch = .now
            let value = body(&state)
            defer { state.waiting = [] }
            return (value, state.waiting)
        }
        for continuation in waiting { continuation.resume() }
        return value
    }

    /// Waits for a fetch, where one is allowed now. Bounded by the fetch's own time.
    private func waitForKeys() async {
        await withCheckedContinuation { continuation in
            let isAllowed = self.state.withLock { state in
                guard !state.hasEnded else { return false }
                // A fetch that others wait for will do.
                if state.waiting.isEmpty, let last = state.lastFetch,
                    last.duration(to: .now) < self.configuration.unknownKeyInterval
                {
                    return false
                }
                state.waiting.append(continuation)
                return true
            }
            if isAllowed { self.wish.yield() } else { continuation.resume() }
        }
    }

    // MARK: TokenSource

    /// What came of a token that was verified a short while ago, or is too long to be one.
    public func known(_ token: String) -> TokenVerdict? {
        guard token.utf8.count <= self.configuration.tokenBytesMax else {
            return .invalid(reason: "the token is longer than \(self.configuration.tokenBytesMax) bytes")
        }
        let (digest, now) = (KeyDigest(of: token), self.now())
        return self.state.withLock { $0.tokens.verdict(on: digest, at: now) }
    }

    /// Judges header, signature and claims, in this order; waits for keys where the header names one that is not known.
    public func verify(_ token: String) async -> TokenVerdict {
        if let verdict = self.known(token) { return verdict }
        guard let header = TokenHeader(of: token) else { return .invalid(reason: "the token cannot be read") }
        guard self.configuration.algorithms.contains(header.alg) else {
            let allowed = self.configuration.algorithms.joined(separator: " ")
            return .invalid(reason: "the token is signed by none of the algorithms \(allowed)")
        }
        guard header.crit == nil else { return .invalid(reason: "the token has a critical header that is not known") }
        var (verifier, generation) = self.verifier(header)
        if verifier == nil {
            await self.waitForKeys()
            (verifier, generation) = self.verifier(header)
        }
        guard let verifier else {
            return .invalid(
                reason: "the token is signed with a key that the issuer does not show, or cannot be asked for")
        }
        guard let claims = try? await verifier.verify(token, as: TokenClaims.self) else {
            return .invalid(reason: "the signature of the token is wrong")
        }
        let now = self.now()
        let verdict = self.configuration.policy.verdict(on: claims.values, at: now)
        self.remember(verdict, on: token, generation, now)
        return verdict
    }

    private func verifier(_ header: TokenHeader) -> (JWTKeyCollection?, generation: Int) {
        self.state.withLock { state in
            (state.keys?.verifier(keyID: header.kid, algorithm: header.alg), state.generation)
        }
    }

    /// Only what is signed well is remembered: else anybody could fill the room.
    private func remember(_ verdict: TokenVerdict, on token: String, _ generation: Int, _ now: Int64) {
        var end = now + self.configuration.rememberedMillisecondsMax
        switch verdict {
        case .invalid: return
        case .withoutTenant: break
        case .valid(let principal): end = min(end, principal.expiresAtMilliseconds ?? end)
        }
        let digest = KeyDigest(of: token)
        self.state.withLock { state in
            guard state.generation == generation else { return }
            state.tokens.remember(verdict, on: digest, until: end, at: now)
        }
    }
}
