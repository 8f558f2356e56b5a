/// What people are called in tokens, and what that lets them do here.
public enum Role: String, Sendable, Hashable, CaseIterable {
    /// Everything.
    case admin
    /// Runs what there is: everything but keys.
    case `operator`
    /// Decides: an approval is an event, made of what was read.
    case approver
    /// Looks at everything and changes nothing.
    case auditor
    /// A system that only sends events.
    case publisher

    /// The scopes that come with the role.
    public var scopes: Set<Scope> {
        switch self {
        case .admin: [.admin]
        case .operator: [.publish, .subscribe, .read, .replay]
        case .approver: [.publish, .read]
        case .auditor: [.read]
        case .publisher: [.publish]
        }
    }
}
