extension ProviderRules {
    /// Where business is done: money, messages, customers.
    static let services: [String: ProviderRules] = [
        "stripe": ProviderRules([
            .type: ["com.stripe.{/type}", "com.stripe.webhook"],
            .source: ["https://dashboard.stripe.com/{/account}", "https://dashboard.stripe.com"],
            .subject: ["{/data/object/id}"], .id: ["{/id}", "{hash}"], .time: ["{/created}"],
            .partitionkey: ["{/data/object/customer}", "{/data/object/id}"],
        ]),
        "slack": ProviderRules([
            .type: ["com.slack.{/event/type}", "com.slack.{/type}", "com.slack.command"],
            .source: [
                "https://app.slack.com/client/{/team_id}", "https://app.slack.com/client/{/team/id}",
                "https://app.slack.com/client/{form:team_id}", "https://app.slack.com",
            ],
            .subject: [
                "{/event/channel}", "{/event/item/channel}", "{/channel/id}", "{form:channel_id}", "{/event/user}",
                "{/user/id}",
            ],
            .id: ["{/event_id}", "{/trigger_id}", "{form:trigger_id}", "{hash}"],
            .time: ["{/event_time}"],
            .partitionkey: [
                "{/event/channel}", "{/event/item/channel}", "{/channel/id}", "{form:channel_id}", "{/event/user}",
                "{/user/id}", "{form:user_id}",
            ],
        ]),
        "shopify": ProviderRules([
            .type: ["com.shopify.{header:X-Shopify-Topic|dots}", "com.shopify.webhook"],
            .source: ["https://{header:X-Shopify-Shop-Domain}", "/webhooks/{endpoint}"],
            .subject: ["{/admin_graphql_api_id}", "{/id}"],
            .id: ["{header:X-Shopify-Webhook-Id}", "{header:X-Shopify-Event-Id}", "{hash}"],
            .time: ["{header:X-Shopify-Triggered-At}", "{/updated_at}"],
            .partitionkey: ["{/customer/id}", "{/order_id}", "{/id}"],
        ]),
        "twilio": ProviderRules([
            .type: [
                "com.twilio.message.{form:MessageStatus|slug}", "com.twilio.message.{form:SmsStatus|slug}",
                "com.twilio.call.{form:CallStatus|slug}", "{/0/type}", "com.twilio.webhook",
            ],
            .source: [
                "https://api.twilio.com/2010-04-01/Accounts/{form:AccountSid}", "{/0/source}", "https://api.twilio.com",
            ],
            .subject: ["{form:MessageSid}", "{form:SmsSid}", "{form:CallSid}", "{/0/id}"],
            .id: ["{header:I-Twilio-Idempotency-Token}", "{hash}"],
            .time: ["{/0/time}"],
            .partitionkey: ["{form:MessageSid}", "{form:SmsSid}", "{form:CallSid}"],
        ]),
        "zammad": ProviderRules([
            .type: ["com.zammad.ticket.triggered"],
            .source: ["/webhooks/{endpoint}"], .subject: ["{/ticket/number}", "{/ticket/id}"],
            .id: ["{header:X-Zammad-Delivery}", "{hash}"], .time: ["{/ticket/updated_at}"],
            .partitionkey: ["{/ticket/id}", "{/ticket/number}"],
        ]),
        "frappe": ProviderRules([
            .type: ["io.frappe.{/doctype|slug}", "io.frappe.document"], .source: ["/webhooks/{endpoint}"],
            .subject: ["{/name}"], .id: ["{hash}"], .partitionkey: ["{/name}"],
        ]),
        "mautic": ProviderRules([
            .type: ["org.mautic.{kind|after:mautic.}"],
            .source: ["{header:X-Origin-Base-URL}", "/webhooks/{endpoint}"],
            .subject: ["{/contact/id}", "{/lead/id}", "{/company/id}", "{/stat/id}", "{/submission/id}"],
            .id: ["{hash}"], .time: ["{/timestamp}"],
            .partitionkey: [
                "{/contact/id}", "{/lead/id}", "{/company/id}", "{/stat/lead/id}", "{/submission/lead/id}",
            ],
        ]).with { $0.isBatch = true },
    ]
}
