import EventDispatch
import Ingress

/// Audit events go the way that producers' events go: stamped, routed and appended by the intake.
struct IntakeAuditTrail: AuditTrail {
    let intake: EventIntake

    func append(_ event: AuditEvent) async throws {
        _ = try await self.intake.accept([event.event], from: EventOrigin(tenant: event.tenant), arrival: event.at)
    }
}
