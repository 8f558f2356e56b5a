import NIOCore
import NetworkGuard

/// What stands between an attempt and the host of its destination.
enum HostGate: Sendable {
    /// An address that is allowed.
    case open
    /// A host whose text says that it is not.
    case refused(AddressRefusal)
    /// A name, which means what resolvers say.
    case name(HostClearance, isAllowedHost: Bool)

    /// Whether the host is allowed by its name.
    var isAllowedHost: Bool {
        if case .name(_, isAllowedHost: true) = self { return true }
        return false
    }

    /// Returns where the attempt may go on.
    /// - Throws: `AddressRefusal`; what ``HostClearance/pass(until:)`` throws.
    func pass(until deadline: NIODeadline) async throws {
        switch self {
        case .open: return
        case .refused(let refusal): throw refusal
        case .name(let clearance, _): try await clearance.pass(until: deadline)
        }
    }
}
