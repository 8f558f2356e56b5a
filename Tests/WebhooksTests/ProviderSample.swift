import Foundation
import Testing
import WebhookTestKit

/// A webhook as a provider sends it, signed with ``secret``, and what it becomes.
struct ProviderSample: Sendable, CustomTestStringConvertible {
    static let secret = "a secret of the provider's"
    static let key = Array("0123456789abcdef0123456789abcdef".utf8)
    static let standardSecret = "whsec_" + Data(Self.key).base64EncodedString()
    static let now: Int64 = 1_767_225_600
    static let publicURL = "https://hooks.example/v1/webhooks/twilio"

    var provider: String
    var body: String
    var headers: [(String, String)]
    var secret = Self.secret
    /// Attributes of the event.
    var expected: [String: String]

    var testDescription: String { self.provider }

    /// One for each provider.
    static let all: [ProviderSample] = Self.forges + Self.alarms + Self.shops + Self.desks + Self.generic

    private static func json(_ headers: (String, String)...) -> [(String, String)] {
        [("Content-Type", "application/json")] + headers
    }

    private static var forges: [ProviderSample] {
        let issue =
            #"{"action":"opened","issue":{"number":7,"updated_at":"2026-01-01T00:00:00Z"},"#
            + #""repository":{"url":"https://api.github.com/repos/o/r","full_name":"o/r"}}"#
        let gitea =
            #"{"action":"closed","number":3,"repository":{"html_url":"https://git.example/o/r","full_name":"o/r"}}"#
        let gitlab =
            #"{"object_kind":"issue","object_attributes":{"iid":5,"state":"opened"},"#
            + #""repository":{"homepage":"https://gitlab.example/g/p"},"project":{"path_with_namespace":"g/p"}}"#
        let jira =
            #"{"timestamp":1767225600123,"webhookEvent":"jira:issue_updated","#
            + #""issue":{"key":"OPS-1","self":"https://site.atlassian.net/rest/api/2/issue/1"}}"#
        return [
            ProviderSample(
                provider: "github", body: issue,
                headers: WebhookSigner.github(issue, event: "issues", delivery: "d-1", secret: Self.secret),
                expected: [
                    "type": "com.github.issues.opened", "source": "https://api.github.com/repos/o/r", "subject": "7",
                    "id": "d-1", "time": "2026-01-01T00:00:00Z", "partitionkey": "o/r",
                ]),
            ProviderSample(
                provider: "gitea", body: gitea,
                headers: Self.json(
                    ("X-Forgejo-Event", "pull_request"), ("X-Forgejo-Delivery", "d-2"),
                    ("X-Forgejo-Signature", WebhookSigner.hex(gitea, Self.secret))),
                expected: [
                    "type": "com.gitea.pull_request.closed", "source": "https://git.example/o/r", "subject": "3",
                    "id": "d-2",
                ]),
            ProviderSample(
                provider: "gitlab", body: gitlab,
                headers: Self.json(
                    ("X-Gitlab-Event", "Issue Hook"), ("X-Gitlab-Event-UUID", "u-1"), ("X-Gitlab-Token", Self.secret)),
                expected: [
                    "type": "com.gitlab.issue.opened", "source": "https://gitlab.example/g/p", "subject": "5",
                    "id": "u-1", "partitionkey": "g/p",
                ]),
            ProviderSample(
                provider: "jira", body: jira,
                headers: Self.json(
                    ("X-Atlassian-Webhook-Identifier", "a-1"),
                    ("X-Hub-Signature", "sha256=\(WebhookSigner.hex(jira, Self.secret))")),
                expected: [
                    "type": "com.atlassian.jira.issue_updated", "source": "https://site.atlassian.net",
                    "subject": "OPS-1", "id": "a-1", "time": "2026-01-01T00:00:00.123Z",
                ]),
        ]
    }

    private static var alarms: [ProviderSample] {
        let linear =
            #"{"action":"create","type":"Issue","organizationId":"org-1","createdAt":"2026-01-01T00:00:00.000Z","#
            + #""data":{"id":"i-1","identifier":"ENG-1"},"webhookTimestamp":1767225600000}"#
        let circle =
            #"{"type":"workflow-completed","id":"c-1","happened_at":"2026-01-01T00:00:00Z","#
            + #""workflow":{"id":"w-1"},"project":{"slug":"github/o/r"}}"#
        let pager =
            #"{"event":{"id":"p-1","event_type":"incident.triggered","occurred_at":"2026-01-01T00:00:00Z","#
            + #""data":{"id":"Q1","html_url":"https://acme.pagerduty.com/incidents/Q1"}}}"#
        return [
            ProviderSample(
                provider: "linear", body: linear,
                headers: Self.json(
                    ("Linear-Delivery", "l-1"), ("Linear-Signature", WebhookSigner.hex(linear, Self.secret))),
                expected: [
                    "type": "app.linear.issue.create", "source": "https://linear.app/org-1", "subject": "ENG-1",
                    "id": "l-1",
                ]),
            ProviderSample(
                provider: "circleci", body: circle,
                headers: Self.json(("circleci-signature", "v1=\(WebhookSigner.hex(circle, Self.secret))")),
                expected: [
                    "type": "com.circleci.workflow_completed", "subject": "w-1", "id": "c-1",
                    "source": "https://app.circleci.com/pipelines/github/o/r", "partitionkey": "github/o/r",
                ]),
            ProviderSample(
                provider: "pagerduty", body: pager,
                headers: Self.json(("X-PagerDuty-Signature", "v1=\(WebhookSigner.hex(pager, Self.secret))")),
                expected: [
                    "type": "com.pagerduty.incident.triggered", "source": "https://acme.pagerduty.com",
                    "subject": "Q1", "id": "p-1",
                ]),
        ]
    }

    private static var shops: [ProviderSample] {
        let stripe =
            #"{"id":"evt_1","type":"invoice.paid","created":1767225600,"#
            + #""data":{"object":{"id":"in_1","customer":"cus_1"}}}"#
        let slack =
            #"{"type":"event_callback","team_id":"T1","event_id":"Ev1","event_time":1767225600,"#
            + #""event":{"type":"message","channel":"C1"}}"#
        let shopify = #"{"id":99,"admin_graphql_api_id":"gid://shopify/Order/99","customer":{"id":4}}"#
        return [
            ProviderSample(
                provider: "stripe", body: stripe,
                headers: Self.json(
                    (
                        "Stripe-Signature",
                        "t=\(Self.now),v1=\(WebhookSigner.hex("\(Self.now).\(stripe)", Self.secret))"
                    )),
                expected: [
                    "type": "com.stripe.invoice.paid", "id": "evt_1", "subject": "in_1", "partitionkey": "cus_1",
                    "time": "2026-01-01T00:00:00.000Z",
                ]),
            ProviderSample(
                provider: "slack", body: slack,
                headers: Self.json(
                    ("X-Slack-Request-Timestamp", "\(Self.now)"),
                    ("X-Slack-Signature", "v0=\(WebhookSigner.hex("v0:\(Self.now):\(slack)", Self.secret))")),
                expected: [
                    "type": "com.slack.message", "id": "Ev1", "subject": "C1",
                    "source": "https://app.slack.com/client/T1",
                ]),
            ProviderSample(
                provider: "shopify", body: shopify,
                headers: Self.json(
                    ("X-Shopify-Topic", "orders/create"), ("X-Shopify-Shop-Domain", "acme.myshopify.com"),
                    ("X-Shopify-Webhook-Id", "s-1"), ("X-Shopify-Triggered-At", "2026-01-01T00:00:00.5Z"),
                    ("X-Shopify-Hmac-SHA256", WebhookSigner.base64(shopify, Self.secret))),
                expected: [
                    "type": "com.shopify.orders.create", "source": "https://acme.myshopify.com", "id": "s-1",
                    "partitionkey": "4", "time": "2026-01-01T00:00:00.5Z",
                ]),
        ]
    }

    private static var desks: [ProviderSample] {
        let twilio = "MessageSid=SM1&MessageStatus=delivered&AccountSid=AC1"
        let sorted = "AccountSidAC1MessageSidSM1MessageStatusdelivered"
        let zammad = #"{"ticket":{"id":19,"number":"22019","updated_at":"2026-01-08T14:17:41.994Z"}}"#
        let frappe = #"{"doctype": "Sales Invoice", "name": "SINV-1"}"#
        let mautic =
            #"{"mautic.lead_post_save_update":[{"contact":{"id":47},"timestamp":"2026-01-21T14:12:04+00:00"}]}"#
        return [
            ProviderSample(
                provider: "twilio", body: twilio,
                headers: [
                    ("Content-Type", "application/x-www-form-urlencoded"), ("I-Twilio-Idempotency-Token", "i-1"),
                    (
                        "X-Twilio-Signature",
                        WebhookSigner.sha1(Self.publicURL + sorted, Self.secret).base64EncodedString()
                    ),
                ],
                expected: [
                    "type": "com.twilio.message.delivered", "id": "i-1", "subject": "SM1",
                    "datacontenttype": "application/x-www-form-urlencoded",
                ]),
            ProviderSample(
                provider: "zammad", body: zammad,
                headers: Self.json(
                    ("X-Zammad-Delivery", "z-1"),
                    (
                        "X-Hub-Signature",
                        "sha1=" + WebhookSigner.sha1(zammad, Self.secret).map { String(format: "%02x", $0) }.joined()
                    )),
                expected: [
                    "type": "com.zammad.ticket.triggered", "id": "z-1", "subject": "22019", "partitionkey": "19",
                ]),
            ProviderSample(
                provider: "frappe", body: frappe,
                headers: Self.json(("X-Frappe-Webhook-Signature", WebhookSigner.base64(frappe, Self.secret))),
                expected: ["type": "io.frappe.sales_invoice", "subject": "SINV-1"]),
            ProviderSample(
                provider: "mautic", body: mautic,
                headers: Self.json(
                    ("X-Origin-Base-URL", "https://m.example"),
                    ("Webhook-Signature", WebhookSigner.base64(mautic, Self.secret))),
                expected: [
                    "type": "org.mautic.lead_post_save_update", "subject": "47", "source": "https://m.example",
                    "time": "2026-01-21T14:12:04+00:00",
                ]),
        ]
    }

    private static var generic: [ProviderSample] {
        let body = #"{"type":"user.created","timestamp":"2026-01-01T00:00:00Z","data":{"id":"u-9"}}"#
        let signature = WebhookSigner.sha256("msg_1.\(Self.now).\(body)", Self.key).base64EncodedString()
        let flow =
            #"{"id":"e-1","created":"2026-01-01T00:00:00Z","action":"flow.run.finished","data":{"flow":{"id":"f"}}}"#
        let received = "com.portarium.webhook.Received.v1"
        return [
            ProviderSample(
                provider: "standard-webhooks", body: body,
                headers: Self.json(
                    ("webhook-id", "msg_1"), ("webhook-timestamp", "\(Self.now)"),
                    ("webhook-signature", "v1,\(signature)")),
                secret: Self.standardSecret,
                expected: ["type": "com.portarium.webhook.user.created", "id": "msg_1", "subject": "u-9"]),
            ProviderSample(
                provider: "activepieces", body: flow, headers: Self.json(("Authorization", "Bearer \(Self.secret)")),
                expected: ["type": "com.activepieces.flow.run.finished", "id": "e-1", "partitionkey": "f"]),
            ProviderSample(
                provider: "hmac", body: body,
                headers: Self.json(("X-Webhook-Signature", WebhookSigner.hex(body, Self.secret))),
                expected: ["type": received]),
            ProviderSample(
                provider: "bearer", body: body, headers: Self.json(("Authorization", "Bearer \(Self.secret)")),
                expected: ["type": received]),
            ProviderSample(
                provider: "basic", body: body,
                headers: Self.json(("Authorization", "Basic \(Data(Self.secret.utf8).base64EncodedString())")),
                expected: ["type": received]),
        ]
    }
}
