import Delivery
import EventLog
import SecretSealing
import Subscriptions
import WebhookSignatures

/// Seals the secrets of subscriptions for the log, and opens them for those who send. Nothing is shared between
/// subscriptions: what one has sealed another cannot open.
public struct SubscriptionVault: Sendable {
    private static let secretBytes = 32
    private let keyring: SecretKeyring?

    /// - Parameter keyring: what secrets are sealed with; nil: none can be kept, and who wants some is refused.
    public init(keyring: SecretKeyring?) { self.keyring = keyring }

    private static func binding(_ id: SubscriptionID, _ purpose: String) -> [String] {
        ["subscription", id.tenant, id.name, purpose]
    }

    /// What is stored of the secrets of a new or changed subscription.
    /// - Parameters:
    ///   - given: what came with it.
    ///   - old: what was stored before; what is not given and still wanted is taken from there.
    /// - Throws: `conflict` where there is no key; `unprocessable` for secrets that cannot be used.
    func sealed(
        _ given: SubscriptionSecrets, for subscription: Subscription, old: StoredSubscription?, now: Timestamp
    ) throws(ServiceError) -> SealedSecrets {
        var sealed = SealedSecrets()
        if let scheme = subscription.config.signing {
            if let secrets = given.signing {
                for secret in secrets { sealed.signing.append(try self.sealed(secret, scheme, subscription.id, now)) }
            } else if let old, old.subscription.config.signing == scheme, !old.secrets.signing.isEmpty {
                sealed.signing = old.secrets.signing.filter { $0.isActive(at: now) }
            } else {
                sealed.signing = [try self.sealed(Self.makeSecret(scheme), scheme, subscription.id, now)]
            }
        }
        if subscription.protocolSettings.authorization == .stored {
            if let value = given.authorization {
                sealed.authorization = try self.seal(value, Self.binding(subscription.id, "authorization"))
            } else {
                sealed.authorization = try Self.kept(of: old, for: subscription)
            }
        }
        return sealed
    }

    /// The value that is stored already. It goes where it was meant to go, and nowhere else: who may change the sink
    /// need not know it.
    private static func kept(
        of old: StoredSubscription?, for subscription: Subscription
    ) throws(ServiceError) -> String {
        let detail: String
        if let old, let kept = old.secrets.authorization {
            let origin = SinkURL.origin(ofSink: subscription.sink)
            if origin != nil, origin == SinkURL.origin(ofSink: old.subscription.sink) { return kept }
            detail = "was stored for another host: give its value again"
        } else {
            detail = "is not stored yet: give its value"
        }
        throw ServiceError(
            .unprocessable, "the subscription cannot be used: its authorization \(detail)",
            errors: [.init(pointer: "/protocolsettings/authorization", detail: detail)])
    }

    /// The secrets with a new one in front, the others until the end of an overlap.
    /// - Parameter secret: the new one; nil: it is made.
    /// - Throws: `conflict` where the subscription is not signed, or as many secrets are active as may be.
    func rotated(
        _ stored: StoredSubscription, to secret: String?, overlapSeconds: Int64, now: Timestamp
    ) throws(ServiceError) -> SealedSecrets {
        guard let scheme = stored.subscription.config.signing else { throw Self.unsigned(stored, .conflict) }
        var secrets = stored.secrets
        let end = Timestamp(milliseconds: now.milliseconds + overlapSeconds * 1_000)
        secrets.signing = secrets.signing.filter { $0.isActive(at: now) && overlapSeconds > 0 }.map { secret in
            var secret = secret
            secret.expiresAt = min(secret.expiresAt ?? end, end)
            return secret
        }
        guard secrets.signing.count < SubscriptionSecrets.signingMax else {
            throw ServiceError(
                .conflict,
                "\(SubscriptionSecrets.signingMax) secrets sign already: wait until one has expired, or rotate with "
                    + "overlapSeconds 0")
        }
        secrets.signing.insert(
            try self.sealed(secret ?? Self.makeSecret(scheme), scheme, stored.subscription.id, now), at: 0)
        return secrets
    }

    /// The secrets that sign now, the newest first. Private keys stay here: of ed25519 only the public halves are told.
    /// - Throws: `notFound` where it is not signed; `conflict` where they cannot be opened.
    func revealed(_ stored: StoredSubscription, now: Timestamp) throws(ServiceError) -> SigningSecretsView {
        guard let scheme = stored.subscription.config.signing else { throw Self.unsigned(stored, .notFound) }
        var secrets: [SigningSecretsView.Secret] = []
        for secret in stored.secrets.signing where secret.isActive(at: now) {
            var shown: String?
            if scheme == .hmacSHA256 {
                let ring = try self.keyring.required()
                do throws(SecretSealingError) {
                    shown = try ring.open(secret.sealed, binding: Self.binding(stored.subscription.id, "signing"))
                } catch {
                    throw ServiceError(.conflict, "a secret of the subscription \(error): rotate it")
                }
            }
            secrets.append(
                .init(
                    secret: shown, publicKey: secret.publicKey, createdAt: secret.createdAt,
                    expiresAt: secret.expiresAt))
        }
        return SigningSecretsView(scheme: scheme, secrets: secrets)
    }

    private static func unsigned(_ stored: StoredSubscription, _ code: ServiceError.Code) -> ServiceError {
        ServiceError(
            code, "the subscription '\(stored.subscription.id.name)' is not signed: give it config.signing")
    }

    private static func makeSecret(_ scheme: WebhookSigner.Scheme) -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<self.secretBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return WebhookSigner.secret(scheme, randomBytes: bytes)
    }

    private func sealed(
        _ secret: String, _ scheme: WebhookSigner.Scheme, _ id: SubscriptionID, _ now: Timestamp
    ) throws(ServiceError) -> SealedSecrets.SigningSecret {
        let signer: WebhookSigner
        do throws(WebhookSecretError) { signer = try WebhookSigner(secret, scheme: scheme) } catch {
            throw ServiceError(.unprocessable, "a secret cannot be used: \(error)")
        }
        return SealedSecrets.SigningSecret(
            sealed: try self.seal(secret, Self.binding(id, "signing")), publicKey: signer.publicKey, createdAt: now)
    }

    private func seal(_ secret: String, _ binding: [String]) throws(ServiceError) -> String {
        let ring = try self.keyring.required()
        do throws(SecretSealingError) { return try ring.seal(secret, binding: binding) } catch {
            throw ServiceError(.unavailable, "a secret \(error)")
        }
    }
}

extension SubscriptionVault {
    /// What the requests of a subscription prove. What cannot be opened is told as a fault: nothing is sent unsigned.
    /// Secrets that have expired are not opened: their key may be gone.
    func trust(of stored: StoredSubscription, now: Timestamp) -> OutboundTrust {
        var trust = OutboundTrust()
        let settings = stored.subscription.protocolSettings
        trust.namesOrigin = settings.handshake
        do {
            if let scheme = stored.subscription.config.signing {
                for secret in stored.secrets.signing where secret.isActive(at: now) {
                    let text = try self.opened(secret.sealed, stored, "signing")
                    trust.signing.append(
                        .init(signer: try WebhookSigner(text, scheme: scheme), expiresAt: secret.expiresAt))
                }
                guard !trust.signing.isEmpty else {
                    trust.fault = "the subscription has no secret to sign with"
                    return trust
                }
            }
            switch settings.authorization {
            case .stored?:
                guard let sealed = stored.secrets.authorization else {
                    trust.fault = "the subscription has no authorization stored"
                    return trust
                }
                trust.authorization = .value(try self.opened(sealed, stored, "authorization"))
            case .file(let name)?:
                trust.authorization = .file(tenant: stored.subscription.id.tenant, name: name)
            case nil: break
            }
        } catch { trust.fault = "a secret of the subscription cannot be opened" }
        return trust
    }

    private func opened(_ sealed: String, _ stored: StoredSubscription, _ purpose: String) throws -> String {
        try self.keyring.required().open(sealed, binding: Self.binding(stored.subscription.id, purpose))
    }
}
