import HTTPServing
import NetworkGuard
import Subscriptions

extension SubscriptionDocument {
    /// What answers have beside the document. Bodies may have it too, so that an answer can be put back; it is ignored.
    private static let readOnlyPointers: Set<String> = [
        "/status", "/statusReason", "/lag", "/lastError", "/lostOffsets", "/createdAt", "/updatedAt",
        "/signingKeys", "/agreement",
    ]

    /// The subscription that the document describes.
    /// - Throws: 422 with everything that is wrong.
    /// - Parameter policy: Which hosts the sink may have.
    func checkedSubscription(
        tenant: String, policy: NetworkPolicy, defaultName: () -> String
    ) throws(ProblemError) -> Subscription {
        let subscription = try self.validSubscription(tenant: tenant, defaultName: defaultName)
        var faults = FieldFaults()
        if !TopicSink.isMeant(by: subscription.sink) { faults.sink("/sink", subscription.sink, policy) }
        try faults.throwIfAny()
        return subscription
    }

    private func validSubscription(tenant: String, defaultName: () -> String) throws(ProblemError) -> Subscription {
        do throws(SubscriptionValidationError) {
            let isReadOnly = self.violations.allSatisfy { Self.readOnlyPointers.contains($0.pointer) }
            let document = isReadOnly ? self.withoutViolations : self
            return try document.subscription(tenant: tenant, defaultName: defaultName)
        } catch {
            var faults = FieldFaults()
            for violation in error.errors where !Self.readOnlyPointers.contains(violation.pointer) {
                faults.add(violation.pointer, violation.detail)
            }
            throw faults.problem
        }
    }

    private var withoutViolations: SubscriptionDocument {
        SubscriptionDocument(
            id: self.id, source: self.source, types: self.types, filters: self.filters, sink: self.sink,
            protocol: self.protocol, protocolSettings: self.protocolSettings, config: self.config,
            secrets: self.secrets)
    }
}
