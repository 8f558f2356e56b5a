import Crypto
import Foundation
import NIOCore
import WebhookSignatures

/// A webhook as each provider would sign it, made without the verifier's table.
struct SignedWebhook: Sendable {
    static let now: Int64 = 1_700_000_000
    static let key = Array("0123456789abcdef0123456789abcdef".utf8)
    static let secret = "whsec_" + Data(Self.key).base64EncodedString()
    private static let plain = "a secret, as it is: whatever"

    var provider: String
    var secret: String
    var headers: [(name: String, value: String)]
    var body: String
    var url: String?

    /// Whether it shows the secret itself and signs nothing.
    var isToken: Bool { self.headers.contains { ["x-gitlab-token", "authorization"].contains($0.name.lowercased()) } }

    /// Another one of the same kind: those of another kind are for another header.
    var otherSecret: String {
        self.secret.hasPrefix("whsec_") ? "whsec_" + self.secret.dropFirst(10) : "this one is nobody's"
    }

    /// Why it is not believed; nil where it is.
    func rejection(
        secrets: [String]? = nil, after seconds: Int64 = 0, _ change: (inout WebhookRequest) -> Void = { _ in }
    ) throws -> WebhookRejection? {
        let provider = WebhookProvider.named(self.provider)!
        var request = WebhookRequest(headers: self.headers, body: ByteBuffer(string: self.body), url: self.url)
        change(&request)
        let verifier = try WebhookVerifier(provider, secrets: secrets ?? [self.secret])
        do throws(WebhookRejection) {
            try verifier.verify(request, nowMilliseconds: (Self.now + seconds) * 1_000)
            return nil
        } catch { return error }
    }

    static func sha256(_ text: String, _ key: [UInt8] = Array(Self.plain.utf8)) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: key)))
    }

    static func sha1(_ text: String) -> Data {
        let key = SymmetricKey(data: Array(Self.plain.utf8))
        return Data(HMAC<Insecure.SHA1>.authenticationCode(for: Data(text.utf8), using: key))
    }

    static func hex(_ data: Data) -> String { data.map { String(format: "%02x", $0) }.joined() }

    private static func make(
        _ provider: String, _ body: String, secret: String = Self.plain, url: String? = nil,
        _ headers: (String, String)...
    ) -> SignedWebhook {
        SignedWebhook(
            provider: provider, secret: secret, headers: headers.map { (name: $0.0, value: $0.1) }, body: body, url: url
        )
    }

    static func standard(_ family: String = "webhook", provider: String = "standard-webhooks") -> SignedWebhook {
        let body = #"{"n":1}"#
        return Self.make(
            provider, body, secret: Self.secret, ("\(family)-id", "msg_1"), ("\(family)-timestamp", "\(Self.now)"),
            (
                "\(family)-signature",
                "v1,\(Self.sha256("msg_1.\(Self.now).\(body)", Self.key).base64EncodedString())"
            ))
    }

    static func asymmetric(_ key: Curve25519.Signing.PrivateKey) throws -> SignedWebhook {
        let body = #"{"n":1}"#
        let signature = try key.signature(for: Data("msg_1.\(Self.now).\(body)".utf8))
        return Self.make(
            "standard-webhooks", body,
            secret: "whpk_" + key.publicKey.rawRepresentation.base64EncodedString(), ("webhook-id", "msg_1"),
            ("webhook-timestamp", "\(Self.now)"), ("webhook-signature", "v1a,\(signature.base64EncodedString())"))
    }

    static func twilio(url: String) -> SignedWebhook {
        Self.make(
            "twilio", "b=2+2&a=%C3%A9&b=1&b=1", url: url,
            ("X-Twilio-Signature", Self.sha1("\(url)aéb1b2 2").base64EncodedString()))
    }

    /// One of each provider.
    static let all: [SignedWebhook] = {
        let body = #"{"n":1,"webhookTimestamp":1700000000000}"#
        let hex = Self.hex(Self.sha256(body))
        let base64 = Self.sha256(body).base64EncodedString()
        let json = "https://example.com/in?x=1&bodySHA256=\(Self.hex(Data(SHA256.hash(data: Data(body.utf8)))))"
        return [
            Self.standard(), Self.standard("svix"), Self.standard(provider: "gitlab"),
            Self.make("github", body, ("X-Hub-Signature-256", "sha256=\(hex)")),
            Self.make("gitlab", body, ("X-Gitlab-Token", Self.plain)),
            Self.make(
                "stripe", body,
                (
                    "Stripe-Signature",
                    "t=\(Self.now),v0=00,v1=00, v1=\(Self.hex(Self.sha256("\(Self.now).\(body)")))"
                )),
            Self.make(
                "slack", body, ("X-Slack-Request-Timestamp", "\(Self.now)"),
                ("X-Slack-Signature", "v0=\(Self.hex(Self.sha256("v0:\(Self.now):\(body)")))")),
            Self.make("shopify", body, ("X-Shopify-Hmac-Sha256", base64)),
            Self.twilio(url: "https://example.com/in?x=1"),
            Self.make("twilio", body, url: json, ("X-Twilio-Signature", Self.sha1(json).base64EncodedString())),
            Self.make("pagerduty", body, ("X-PagerDuty-Signature", "v1=00,v1=\(hex)")),
            Self.make("jira", body, ("X-Hub-Signature", "sha256=\(hex)")),
            Self.make("linear", body, ("Linear-Signature", hex)),
            Self.make("zammad", body, ("X-Hub-Signature", "sha1=\(Self.hex(Self.sha1(body)))")),
            Self.make("mautic", body, ("Webhook-Signature", base64)),
            Self.make("frappe", body, ("X-Frappe-Webhook-Signature", base64)),
            Self.make("erpnext", body, ("X-Frappe-Webhook-Signature", base64)),
            Self.make("circleci", body, ("circleci-signature", "v1=\(hex)")),
            Self.make("gitea", body, ("X-Gitea-Signature", hex)),
            Self.make("forgejo", body, ("X-Forgejo-Signature", hex)),
            Self.make("activepieces", body, ("Authorization", "Bearer \(Self.plain)")),
            Self.make("hmac", body, ("X-Webhook-Signature", hex)),
            Self.make("hmac", body, ("X-Webhook-Signature", "sha256=\(hex)")),
            Self.make("bearer", body, ("authorization", "bearer \(Self.plain)")),
            Self.make("basic", body, ("Authorization", "Basic \(Data(Self.plain.utf8).base64EncodedString())")),
        ]
    }()
}

extension SignedWebhook: CustomStringConvertible {
    var description: String { "\(self.provider) by \(self.headers.map(\.name).joined(separator: ", "))" }
}
