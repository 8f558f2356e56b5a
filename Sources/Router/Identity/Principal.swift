/// Who calls, as far as the router knows.
public struct Principal: Sendable, Hashable {
    /// How it is known, in the words of the CloudEvents extension for auth contexts (`authtype`).
    public enum Kind: String, Sendable, Hashable {
        /// Nobody in particular: the router works without keys.
        case unauthenticated
        /// Whoever has an API key.
        case key = "api_key"
        /// Whoever has the key of the configuration.
        case bootstrap = "system"
        /// Whom the issuer of a token speaks of.
        case token = "user"
    }

    public var kind: Kind
    /// The id of the key, or the subject of the token. Never the credential itself.
    public var id: String
    /// What people call it.
    public var name: String
    public var reach: TenantReach
    /// Scopes as bits: a principal of the keyless mode, which comes with every request, has nothing to be counted.
    private var scopeBits: UInt8
    /// When it ends, in milliseconds since 1970; nil: never by itself.
    public var expiresAtMilliseconds: Int64?

    /// A principal.
    public init(
        kind: Kind, id: String, name: String, reach: TenantReach, scopes: Set<Scope>,
        expiresAtMilliseconds: Int64? = nil
    ) {
        self.kind = kind
        self.id = id
        self.name = name
        self.reach = reach
        self.scopeBits = scopes.reduce(0) { $0 | $1.bit }
        self.expiresAtMilliseconds = expiresAtMilliseconds
    }

    /// Everyone, where the router works without keys.
    public static let keyless = Principal(
        kind: .unauthenticated, id: "keyless", name: "keyless", reach: .all, scopes: [.admin])

    /// What it may do within its reach.
    public var scopes: Set<Scope> { Set(Scope.allCases.filter(self.has)) }

    private func has(_ scope: Scope) -> Bool { self.scopeBits & scope.bit != 0 }

    /// Whether a call that needs this is allowed. ``Scope/admin`` implies all others.
    public func may(_ need: AccessNeed) -> Bool {
        switch need {
        case .nothing, .anyCredential: true
        case .anyOf(let scopes): self.has(.admin) || scopes.contains(where: self.has)
        case .allOf(let scopes): self.has(.admin) || scopes.allSatisfy(self.has)
        }
    }

    /// Whose things a request is about.
    /// - Parameters:
    ///   - named: the tenant that the request names, a tenant id; nil: none.
    ///   - fallback: the tenant of a platform's request that names none.
    /// - Throws: ``ForeignTenant`` where the request names another tenant than the principal's. It never becomes the
    ///   principal's own without a word.
    public func caller(naming named: String?, else fallback: String) throws(ForeignTenant) -> Caller {
        switch self.reach {
        case .all: return Caller(principal: self, tenant: named ?? fallback, isTenantNamed: named != nil)
        case .one(let tenant):
            if let named, named != tenant { throw ForeignTenant() }
            return Caller(principal: self, tenant: tenant, isTenantNamed: named != nil)
        }
    }
}

extension Scope {
    fileprivate var bit: UInt8 {
        switch self {
        case .publish: 1
        case .subscribe: 2
        case .read: 4
        case .replay: 8
        case .admin: 16
        }
    }
}
