/// Who sends webhooks, and how it signs them.
public struct WebhookProvider: Sendable, Hashable {
    public let name: String
    /// Other names of the same.
    public let aliases: [String]
    /// The one whose prefix a secret has, else the one without.
    public let schemes: [SignatureScheme]

    /// Whether an endpoint may say how its senders sign, see ``HMACVerification``.
    public var takesVerification: Bool { self.name == "hmac" }

    /// Whether the URL is signed, which therefore has to be known.
    public var signsURL: Bool { self.schemes.contains { $0.signed.contains(.urlAndForm) } }

    init(_ name: String, _ aliases: [String] = [], _ schemes: SignatureScheme...) {
        self.name = name
        self.aliases = aliases
        self.schemes = schemes
    }

    /// By name or alias, in any case; nil where nobody is called so.
    public static func named(_ name: String) -> WebhookProvider? {
        let name = name.lowercased()
        return self.all.first { $0.name == name || $0.aliases.contains(name) }
    }

    /// All that are known, in the order of their names.
    public static let all: [WebhookProvider] = [
        // Signs nothing: whoever sends from a flow puts the secret into a header.
        WebhookProvider("activepieces", [], .bearer),
        WebhookProvider("basic", [], .basic),
        WebhookProvider("bearer", [], .bearer),
        WebhookProvider("circleci", [], .hmac("circleci-signature", tag: "v1=", separator: ",")),
        WebhookProvider("frappe", ["erpnext"], .hmac("X-Frappe-Webhook-Signature", encoding: .base64)),
        WebhookProvider(
            "gitea", ["forgejo"],
            SignatureScheme(headers: ["X-Gitea-Signature", "X-Forgejo-Signature"])),
        WebhookProvider("github", [], .hmac("X-Hub-Signature-256", tag: "sha256=")),
        WebhookProvider(
            "gitlab", ["gitlab-token"], .standard.with { $0.secretPrefix = "whsec_" }, .token("X-Gitlab-Token")),
        WebhookProvider(
            "hmac", ["generic"],
            .hmac("X-Webhook-Signature", separator: ",").with { $0.tags = ["sha256=", ""] }),
        WebhookProvider("jira", ["jira-cloud"], .hmac("X-Hub-Signature", tag: "sha256=")),
        WebhookProvider(
            "linear", [],
            .hmac("Linear-Signature").with {
                $0.timestamp = .body(member: "webhookTimestamp")
                $0.toleranceSeconds = 60
            }),
        WebhookProvider("mautic", [], .hmac("Webhook-Signature", encoding: .base64)),
        WebhookProvider(
            "pagerduty", ["pagerduty-v3"], .hmac("X-PagerDuty-Signature", tag: "v1=", separator: ",")),
        WebhookProvider("shopify", [], .hmac("X-Shopify-Hmac-SHA256", encoding: .base64)),
        WebhookProvider(
            "slack", [],
            .hmac("X-Slack-Signature", tag: "v0=").with {
                $0.timestampHeaders = ["X-Slack-Request-Timestamp"]
                $0.timestamp = .header
                $0.signed = [.text("v0:"), .timestamp, .text(":"), .body]
            }),
        WebhookProvider("standard-webhooks", ["standard", "svix"], .standardAsymmetric, .standard),
        WebhookProvider(
            "stripe", [],
            .hmac("Stripe-Signature", tag: "v1=", separator: ",").with {
                $0.timestamp = .item("t")
                $0.signed = [.timestamp, .text("."), .body]
            }),
        WebhookProvider(
            "twilio", ["twilio-form", "twilio-json"],
            .hmac("X-Twilio-Signature", encoding: .base64).with {
                $0.algorithm = .hmacSHA1
                $0.signed = [.urlAndForm]
            }),
        WebhookProvider("zammad", [], .hmac("X-Hub-Signature", tag: "sha1=").with { $0.algorithm = .hmacSHA1 }),
    ]
}

extension SignatureScheme {
    /// HMAC-SHA256 of the body.
    fileprivate static func hmac(
        _ header: String, tag: String = "", separator: Character? = nil, encoding: Encoding = .hex
    ) -> Self {
        Self(headers: [header]).with {
            $0.tags = [tag]
            $0.separator = separator
            $0.encoding = encoding
        }
    }

    fileprivate static func token(_ header: String) -> Self {
        Self(headers: [header]).with {
            $0.algorithm = .token
            $0.encoding = .plain
        }
    }

    /// RFC 6750, section 2.1.
    fileprivate static let bearer = Self.token("Authorization").with { $0.tags = ["Bearer "] }

    /// RFC 7617; the secret is `USER:PASSWORD`.
    fileprivate static let basic = Self.token("Authorization").with {
        $0.tags = ["Basic "]
        $0.encoding = .base64
    }

    /// Standard Webhooks, symmetric (v1).
    fileprivate static let standard = Self(headers: ["webhook-signature", "svix-signature"]).with {
        $0.idHeaders = ["webhook-id", "svix-id"]
        $0.timestampHeaders = ["webhook-timestamp", "svix-timestamp"]
        $0.timestamp = .header
        $0.separator = " "
        $0.tags = ["v1,"]
        $0.encoding = .base64
        $0.keyDecoding = .base64(prefix: "whsec_")
        $0.signed = [.id, .text("."), .timestamp, .text("."), .body]
    }

    /// Standard Webhooks, asymmetric (v1a).
    fileprivate static let standardAsymmetric = Self.standard.with {
        $0.tags = ["v1a,"]
        $0.algorithm = .ed25519
        $0.keyDecoding = .base64(prefix: "whpk_")
        $0.secretPrefix = "whpk_"
    }
}
