import HTTPTypes
import Hummingbird
import Identity
import NIOHTTP1

/// The mode with keys: `Authorization: Bearer` with an API key or a token of the issuer (RFC 6750, section 2.1).
public struct CredentialResolver: CallerResolver {
    private let keys: any CredentialSource
    private let tokens: (any TokenSource)?
    private let defaultTenant: String
    private let observer: any AccessObserver

    /// - Parameters:
    ///   - keys: knows API keys.
    ///   - tokens: knows tokens; nil: no token is valid.
    ///   - defaultTenant: the tenant of a platform's request that names none.
    ///   - observer: counts.
    public init(
        keys: any CredentialSource, tokens: (any TokenSource)?, defaultTenant: String, observer: any AccessObserver
    ) {
        self.keys = keys
        self.tokens = tokens
        self.defaultTenant = defaultTenant
        self.observer = observer
    }

    /// The caller of a request; may wait for the issuer's keys.
    /// - Throws: 401 without a valid credential, 403 without the scope or for another tenant, 400 for a header that
    ///   names no tenant.
    public func caller(of request: Request, needing need: AccessNeed) async throws(ProblemError) -> Caller {
        do throws(Refusal) {
            let credential = try Self.credential(request.headers[values: .authorization])
            let principal: Principal
            if let known = try self.known(credential) {
                principal = known
            } else if let tokens {
                principal = try Self.principal(await tokens.verify(credential))
            } else {
                throw Refusal.invalid(Self.unknownKey)
            }
            let named = try Self.refusing { () throws(ProblemError) in
                try HeaderTenantResolver.tenant(in: request.headers)
            }
            return try self.caller(principal, naming: named, needing: need)
        } catch {
            throw self.problem(error)
        }
    }

    /// The same where memory tells.
    /// - Returns: nil where a token has to be verified first.
    public func caller(of headers: HTTPHeaders, needing need: AccessNeed) throws(ProblemError) -> Caller? {
        do throws(Refusal) {
            guard let principal = try self.known(try Self.credential(headers["authorization"])) else { return nil }
            let named = try Self.refusing { () throws(ProblemError) in try HeaderTenantResolver.tenant(in: headers) }
            return try self.caller(principal, naming: named, needing: need)
        } catch {
            throw self.problem(error)
        }
    }

    /// Whether the principal's key is still there and its time has not come.
    public func stands(_ principal: Principal) -> Bool { self.keys.stands(principal) }

    // MARK: Deciding

    private enum Refusal: Error {
        case none(String)
        case invalid(String)
        case scope(AccessNeed)
        case tenant(String)
        case other(ProblemError)
    }

    private static let unknownKey = "the credential is not valid: it is unknown, expired, deleted or mistyped"

    private static func credential(_ lines: [String]) throws(Refusal) -> String {
        guard let line = lines.first else { throw .none("a credential is needed: send 'Authorization: Bearer KEY'") }
        let parts = line.split(separator: " ", omittingEmptySubsequences: true)
        guard lines.count == 1, parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw .none("'Authorization' must be there once, and be 'Bearer' and one credential")
        }
        return String(parts[1])
    }

    /// Whoever memory knows by a credential; nil where it is a token that has to be verified.
    private func known(_ credential: String) throws(Refusal) -> Principal? {
        if let tokens, Self.isToken(credential) {
            guard let verdict = tokens.known(credential) else { return nil }
            return try Self.principal(verdict)
        }
        guard let principal = self.keys.principal(presenting: credential) else { throw .invalid(Self.unknownKey) }
        return principal
    }

    /// Whether it has the form of a JWS in compact serialization; keys have no dots.
    private static func isToken(_ credential: String) -> Bool { credential.utf8.count { $0 == 0x2e } == 2 }

    private static func principal(_ verdict: TokenVerdict) throws(Refusal) -> Principal {
        switch verdict {
        case .valid(let principal): return principal
        case .invalid(let reason): throw .invalid(reason)
        case .withoutTenant(let reason): throw .tenant(reason)
        }
    }

    private func caller(
        _ principal: Principal, naming named: String?, needing need: AccessNeed
    ) throws(Refusal) -> Caller {
        guard principal.may(need) else { throw .scope(need) }
        do {
            return try principal.caller(naming: named, else: self.defaultTenant)
        } catch {
            throw .tenant("X-Tenant-Id names another tenant than the credential's: leave the header out")
        }
    }

    private static func refusing<Value>(
        _ body: () throws(ProblemError) -> Value
    ) throws(Refusal) -> Value {
        do { return try body() } catch { throw .other(error) }
    }

    // MARK: Answering

    /// What is answered (RFC 6750, section 3). The text never tells whether there is a key of some id.
    private func problem(_ refusal: Refusal) -> ProblemError {
        switch refusal {
        case .none(let detail):
            self.observer.refused(.noCredential)
            return Self.problem(.unauthenticated, detail, challenge: "")
        case .invalid(let detail):
            self.observer.refused(.invalidCredential)
            return Self.problem(
                .unauthenticated, detail, challenge: ", error=\"invalid_token\", error_description=\"\(detail)\"")
        case .scope(let need):
            self.observer.refused(.insufficientScope)
            let (names, challenge) = Self.scopes(of: need)
            return Self.problem(
                .forbidden, "the credential lacks the scope: this call needs \(names)",
                challenge: ", error=\"insufficient_scope\", scope=\"\(challenge)\"")
        case .tenant(let detail):
            self.observer.refused(.foreignTenant)
            return ProblemError(.forbidden, detail)
        case .other(let problem): return problem
        }
    }

    /// For people, and for the challenge: of those that do alone, the first.
    private static func scopes(of need: AccessNeed) -> (names: String, challenge: String) {
        switch need {
        case .nothing, .anyCredential: ("", "")
        case .anyOf(let scopes):
            (scopes.map(\.rawValue).joined(separator: " or "), scopes.first?.rawValue ?? "")
        case .allOf(let scopes):
            (
                scopes.map(\.rawValue).joined(separator: " and "),
                scopes.map(\.rawValue).joined(separator: " ")
            )
        }
    }

    private static func problem(_ type: ProblemType, _ detail: String, challenge: String) -> ProblemError {
        var problem = ProblemError(type, detail)
        problem.headers[.wwwAuthenticate] = "Bearer realm=\"portarium\"" + challenge
        return problem
    }
}
