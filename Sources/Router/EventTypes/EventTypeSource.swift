/// Who knows the types that are registered.
public protocol EventTypeSource: Sendable {
    /// Those of a tenant whose events are judged; nil where there are none. Asked for every request: it answers from
    /// memory.
    func judged(of tenant: String) -> TenantEventTypes?
}
