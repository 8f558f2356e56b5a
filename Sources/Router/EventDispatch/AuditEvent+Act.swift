import CloudEvents
import Identity

extension AuditEvent {
    private struct Report: Encodable {
        struct Actor: Encodable {
            let type: String
            let id: String
            let name: String
        }

        let principal: Actor
        let details: [String: String]
    }

    /// A caller did something. Who it was is in the data, and in the attributes `authtype` and `authid` of the
    /// CloudEvents extension for auth contexts.
    /// - Parameter tenant: whose thing it was done to.
    public static func act(_ act: AdministrativeAct, by principal: Principal, tenant: String) -> Self {
        var audit = Self(
            "com.portarium.audit.\(act.kind.rawValue).v1", id: RandomName.make(20), tenant: tenant,
            subject: act.subject, source: "/portarium/audit",
            data: Report(
                principal: .init(type: principal.kind.rawValue, id: principal.id, name: principal.name),
                details: act.details))
        audit.event.attributes.append(name: "authtype", value: principal.kind.rawValue)
        audit.event.attributes.append(name: "authid", value: principal.id)
        return audit
    }
}
