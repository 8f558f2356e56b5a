/// Where audit events go: the same way as the events that producers send.
public protocol AuditTrail: Sendable {
    /// Stores an event; it is durable when this returns. The same event may come again after a failure.
    func append(_ event: AuditEvent) async throws
}
