import EventDispatch
import EventLog
import Subscriptions
import Synchronization
import WebhookSignatures

/// A subscription service that keeps everything in a dictionary.
final class InMemorySubscriptions: SubscriptionService {
    struct State {
        var stored: [SubscriptionID: StoredSubscription] = [:]
        var generations = 0
        var lastError: [SubscriptionID: String] = [:]
        var statusReason: [SubscriptionID: String] = [:]
        /// What was given to be kept.
        var secrets: [SubscriptionID: SubscriptionSecrets] = [:]
        /// Thrown by every call, where it is set.
        var failure: ServiceError?
    }

    static let created = Timestamp(milliseconds: 1_767_225_600_000)
    let state = Mutex(State())

    func create(
        _ subscription: Subscription, secrets: SubscriptionSecrets
    ) async throws(ServiceError) -> SubscriptionView {
        try self.change { state throws(ServiceError) in
            guard state.stored[subscription.id] == nil else {
                throw ServiceError(
                    .conflict, "there is a subscription '\(subscription.id.name)' already",
                    errors: [.init(pointer: "/id", detail: "is taken")])
            }
            state.generations += 1
            state.secrets[subscription.id] = secrets
            var stored = StoredSubscription(
                subscription: subscription, generation: "g\(state.generations)", createdAt: Self.created,
                updatedAt: Self.created, startOffsets: [:])
            if subscription.config.signing != nil { stored.secrets.signing = [Self.sealed] }
            state.stored[subscription.id] = stored
            return Self.view(stored, state)
        }
    }

    func get(_ id: SubscriptionID) async throws(ServiceError) -> SubscriptionView {
        try self.change { state throws(ServiceError) in Self.view(try Self.stored(id, state), state) }
    }

    func list(tenant: String, page: PageRequest) async throws(ServiceError) -> Page<SubscriptionView> {
        try self.change { state throws(ServiceError) in
            let own = state.stored.values.filter { $0.subscription.id.tenant == tenant }
                .sorted { $0.subscription.id < $1.subscription.id }
            return try InMemoryPages.page(own.map { Self.view($0, state) }, page)
        }
    }

    func update(
        _ subscription: Subscription, secrets: SubscriptionSecrets
    ) async throws(ServiceError) -> SubscriptionView {
        try self.change { state throws(ServiceError) in
            state.secrets[subscription.id] = secrets
            var stored = try Self.stored(subscription.id, state)
            stored.subscription = subscription
            stored.revision += 1
            if stored.status == .suspended { stored.status = .active }
            stored.updatedAt = Timestamp(milliseconds: stored.updatedAt.milliseconds + 1_000)
            state.stored[subscription.id] = stored
            return Self.view(stored, state)
        }
    }

    func delete(_ id: SubscriptionID) async throws(ServiceError) {
        try self.change { state throws(ServiceError) in
            _ = try Self.stored(id, state)
            state.stored[id] = nil
        }
    }

    func pause(_ id: SubscriptionID) async throws(ServiceError) -> SubscriptionView { try self.set(.paused, id) }
    func resume(_ id: SubscriptionID) async throws(ServiceError) -> SubscriptionView { try self.set(.active, id) }

    /// What is stored of every secret that signs.
    private static let sealed = SealedSecrets.SigningSecret(
        sealed: "sealed", publicKey: "whpk_public", createdAt: created)

    func signingSecrets(of id: SubscriptionID) async throws(ServiceError) -> SigningSecretsView {
        try self.change { state throws(ServiceError) in
            guard let scheme = try Self.stored(id, state).subscription.config.signing else {
                throw ServiceError(.notFound, "it is not signed")
            }
            return SigningSecretsView(
                scheme: scheme,
                secrets: [.init(secret: "whsec_shown", publicKey: nil, createdAt: Self.created, expiresAt: nil)])
        }
    }

    func rotateSecret(
        of id: SubscriptionID, to secret: String?, overlapSeconds: Int64
    ) async throws(ServiceError) -> SigningSecretsView {
        try self.change { state throws(ServiceError) in
            guard let scheme = try Self.stored(id, state).subscription.config.signing else {
                throw ServiceError(.conflict, "it is not signed")
            }
            let end = Timestamp(milliseconds: Self.created.milliseconds + overlapSeconds * 1_000)
            return SigningSecretsView(
                scheme: scheme,
                secrets: [
                    .init(secret: secret ?? "whsec_made", publicKey: nil, createdAt: Self.created, expiresAt: nil),
                    .init(secret: "whsec_shown", publicKey: nil, createdAt: Self.created, expiresAt: end),
                ])
        }
    }

    /// What the router itself does to a subscription whose sink says 410.
    func suspend(_ id: SubscriptionID, because reason: String) throws(ServiceError) {
        _ = try self.set(.suspended, id)
        self.state.withLock { state in
            state.stored[id]?.statusReason = reason
            state.lastError[id] = "410 Gone"
        }
    }

    private func set(
        _ status: StoredSubscription.Status, _ id: SubscriptionID
    ) throws(ServiceError) -> SubscriptionView {
        try self.change { state throws(ServiceError) in
            var stored = try Self.stored(id, state)
            stored.status = status
            stored.statusReason = nil
            state.stored[id] = stored
            return Self.view(stored, state)
        }
    }

    private func change<R: Sendable>(_ body: (inout State) throws(ServiceError) -> R) throws(ServiceError) -> R {
        try self.state.withLock { state throws(ServiceError) in
            if let failure = state.failure { throw failure }
            return try body(&state)
        }
    }

    private static func stored(_ id: SubscriptionID, _ state: State) throws(ServiceError) -> StoredSubscription {
        guard let stored = state.stored[id] else { throw ServiceError(.notFound, "there is no such subscription") }
        return stored
    }

    private static func view(_ stored: StoredSubscription, _ state: State) -> SubscriptionView {
        let status: SubscriptionView.Status =
            switch stored.status {
            case .active: .active
            case .paused: .paused
            case .suspended: .suspended
            }
        return SubscriptionView(
            stored: stored, status: status, lag: stored.status == .active ? 0 : 7,
            lastError: state.lastError[stored.subscription.id], lostOffsets: 0)
    }
}
