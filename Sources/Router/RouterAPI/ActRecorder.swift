import EventDispatch
import HTTPServing
import Identity

/// Tells what callers did, behind their calls. Where nobody signs in there is nobody to tell of.
struct ActRecorder: Sendable {
    let journal: AuditJournal?

    /// What the caller of a request did to something of its tenant.
    func note(
        _ kind: AdministrativeAct.Kind, _ subject: String?, details: [String: String] = [:],
        in context: RouterRequestContext
    ) {
        guard let caller = context.caller else { return }
        self.note(AdministrativeAct(kind, subject: subject, details: details), caller.principal, caller.tenant)
    }

    func note(_ act: AdministrativeAct, _ principal: Principal, _ tenant: String) {
        if principal.kind != .unauthenticated { self.journal?.note(act, by: principal, tenant: tenant) }
    }
}
