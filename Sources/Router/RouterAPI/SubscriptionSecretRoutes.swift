import EventDispatch
import HTTPServing
import HTTPTypes
import Hummingbird
import Subscriptions
import WebhookSignatures

/// `/v1/subscriptions/{id}/secret`: what signs the deliveries of a subscription.
struct SubscriptionSecretRoutes: Sendable {
    let service: any SubscriptionService
    let bodies: JSONBodyReader
    let acts: ActRecorder

    func addRoutes(to routes: RouteTable) {
        routes.get("v1/subscriptions/{id}/secret", use: self.get)
        routes.post("v1/subscriptions/{id}/secret/rotate", use: self.rotate)
    }

    @Sendable private func get(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let id = try SubscriptionRoutes.id(in: context)
        let view = try await self.service.signingSecrets(of: id)
        self.acts.note(.subscriptionSecretRead, id.name, in: context)
        return Self.response(view)
    }

    @Sendable private func rotate(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let id = try SubscriptionRoutes.id(in: context)
        let rotation = try await self.bodies.decode(SecretRotationDocument.self, from: request).rotation()
        let view = try await self.service.rotateSecret(
            of: id, to: rotation.secret, overlapSeconds: rotation.overlapSeconds)
        self.acts.note(
            .subscriptionSecretRotated, id.name, details: ["overlapSeconds": String(rotation.overlapSeconds)],
            in: context)
        return Self.response(view)
    }

    private static func response(_ view: SigningSecretsView) -> Response {
        Response.json(headers: [.cacheControl: "no-store"]) { json in
            json.object { json in
                json.member("scheme", view.scheme.rawValue)
                json.array("secrets") { json in
                    for secret in view.secrets {
                        json.object { json in
                            if let text = secret.secret { json.member("secret", text) }
                            if let key = secret.publicKey { json.member("publicKey", key) }
                            json.time("createdAt", secret.createdAt)
                            if let end = secret.expiresAt { json.time("expiresAt", end) }
                        }
                    }
                }
            }
        }
    }
}
