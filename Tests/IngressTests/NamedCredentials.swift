import HTTPServing
import Identity
import Synchronization

/// Credentials that are their own names.
struct NamedCredentials: CredentialSource, TokenSource {
    static let token = "header.claims.signature"

    func principal(presenting key: String) -> Principal? {
        switch key {
        case "publisher": Self.principal(.one("acme"), [.publish])
        case "reader": Self.principal(.one("acme"), [.read])
        case "platform": Self.principal(.all, [.admin])
        default: nil
        }
    }

    private static func principal(_ reach: TenantReach, _ scopes: Set<Scope>) -> Principal {
        Principal(kind: .key, id: "k", name: "k", reach: reach, scopes: scopes)
    }

    func stands(_ principal: Principal) -> Bool { true }

    /// Nothing is remembered: a token takes the router's way.
    func known(_ token: String) -> TokenVerdict? { nil }

    func verify(_ token: String) async -> TokenVerdict {
        switch token {
        case Self.token: .valid(Self.principal(.one("acme"), [.publish]))
        case "a.b.tenantless": .withoutTenant(reason: "the token names no tenant")
        default: .invalid(reason: "the token is wrong")
        }
    }
}

/// Remembers what was refused.
final class RecordedRefusals: AccessObserver {
    private let reasons = Mutex<[AccessRefusal]>([])

    var all: [AccessRefusal] { self.reasons.withLock { $0 } }

    func refused(_ reason: AccessRefusal) { self.reasons.withLock { $0.append(reason) } }
}
