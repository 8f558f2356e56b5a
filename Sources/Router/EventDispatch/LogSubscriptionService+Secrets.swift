import Delivery
import EventLog
import Subscriptions
import Synchronization

/// The secrets of subscriptions.
extension LogSubscriptionService {
    /// See ``SubscriptionService/signingSecrets(of:)``.
    public func signingSecrets(of id: SubscriptionID) async throws(ServiceError) -> SigningSecretsView {
        try await self.catchUp()
        return try self.dispatcher.vault.revealed(try self.known(id), now: DispatchClock.wall)
    }

    /// See ``SubscriptionService/rotateSecret(of:to:overlapSeconds:)``.
    public func rotateSecret(
        of id: SubscriptionID, to secret: String?, overlapSeconds: Int64
    ) async throws(ServiceError) -> SigningSecretsView {
        let vault = self.dispatcher.vault
        _ = try await self.change(id) { (stored, _) throws(ServiceError) in
            stored.secrets = try vault.rotated(
                stored, to: secret, overlapSeconds: overlapSeconds, now: DispatchClock.wall)
        }
        return try vault.revealed(try self.known(id), now: DispatchClock.wall)
    }
}

/// What targets have agreed to.
extension LogSubscriptionService {
    /// Subscriptions of all tenants that wait until their target agrees.
    func waitingForAgreement() -> [StoredSubscription] {
        self.catalog.withLock { catalog in catalog.stored.values.filter(Self.isWaiting) }
    }

    /// Whether the target has to be asked. Where a person has paused it, it is when it is resumed.
    static func isWaiting(_ stored: StoredSubscription) -> Bool {
        stored.needsAgreement && stored.status == .suspended
    }

    /// Stores what a target said, unless another target counts by now.
    func settle(_ answer: HandshakeAnswer, of asked: StoredSubscription) async throws(ServiceError) {
        let now = DispatchClock.wall
        _ = try await self.change(asked.subscription.id) { stored, _ in
            guard stored.generation == asked.generation, stored.subscription.sink == asked.subscription.sink,
                Self.isWaiting(stored)
            else { return }
            switch answer {
            case .allowed(let requestsPerMinute):
                stored.agreement = SinkAgreement(
                    sink: stored.subscription.sink, agreedAt: now, requestsPerMinute: requestsPerMinute)
                stored.status = .active
            case .refused(let reason): stored.statusReason = reason
            }
        }
    }
}
