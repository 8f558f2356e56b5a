extension ProviderRules {
    /// Where software is made: forges, trackers, pipelines, alarms.
    static let platforms: [String: ProviderRules] = [
        "gitea": Self.gitea,
        "jira": ProviderRules([
            .type: ["com.atlassian.{/webhookEvent|before::}.{/webhookEvent|after::}", "com.atlassian.jira.webhook"],
            .source: ["{/issue/self|origin}", "{/user/self|origin}", "{/project/self|origin}", "/webhooks/{endpoint}"],
            .subject: ["{/issue/key}", "{/project/key}", "{/version/id}", "{/sprint/id}"],
            .id: ["{header:X-Atlassian-Webhook-Identifier}", "{hash}"], .time: ["{/timestamp}"],
            .partitionkey: ["{/issue/key}", "{/project/key}"],
        ]),
        "linear": ProviderRules([
            .type: ["app.linear.{/type|slug}.{/action|slug}", "app.linear.{/type|slug}", "app.linear.webhook"],
            .source: ["https://linear.app/{/organizationId}", "https://linear.app"],
            .subject: ["{/data/identifier}", "{/data/id}"], .id: ["{header:Linear-Delivery}", "{hash}"],
            .time: ["{/createdAt}", "{/webhookTimestamp}"], .partitionkey: ["{/data/id}"],
        ]),
        "circleci": ProviderRules([
            .type: ["com.circleci.{/type|slug}", "com.circleci.webhook"],
            .source: ["https://app.circleci.com/pipelines/{/project/slug}", "https://app.circleci.com"],
            .subject: ["{/job/id}", "{/workflow/id}"], .id: ["{/id}", "{hash}"], .time: ["{/happened_at}"],
            .partitionkey: ["{/project/slug}", "{/pipeline/id}"],
        ]),
        "pagerduty": ProviderRules([
            .type: ["com.pagerduty.{/event/event_type}", "com.pagerduty.webhook"],
            .source: ["{/event/data/html_url|origin}", "https://pagerduty.com"], .subject: ["{/event/data/id}"],
            .id: ["{/event/id}", "{hash}"], .time: ["{/event/occurred_at}"],
            .partitionkey: ["{/event/data/incident/id}", "{/event/data/id}"],
        ]),
        "activepieces": ProviderRules([
            .type: ["com.activepieces.{/action}", "com.activepieces.webhook"], .source: ["/webhooks/{endpoint}"],
            .subject: ["{/data/flowRun/id}", "{/data/flow/id}"], .id: ["{/id}", "{hash}"],
            .time: ["{/created}"], .partitionkey: ["{/data/flow/id}", "{/data/flowRun/flowId}"],
        ]).with { $0.takesEvents = true },
        "standard-webhooks": ProviderRules([
            .type: ["com.portarium.webhook.{/type}", "com.portarium.webhook.Received.v1"],
            .source: ["/webhooks/{endpoint}"], .subject: ["{/data/id}"],
            .id: ["{header:webhook-id}", "{header:svix-id}", "{hash}"],
            .time: ["{/timestamp}", "{header:webhook-timestamp}", "{header:svix-timestamp}"],
            .partitionkey: ["{/data/id}"],
        ]).with { $0.takesEvents = true },
    ]

    private static let gitea: ProviderRules = ProviderRules([
        .type: ["com.gitea.{kind|slug}.{/action}", "com.gitea.{kind|slug}", "com.gitea.webhook"],
        .source: ["{/repository/html_url}", "{/organization/avatar_url|origin}", "/webhooks/{endpoint}"],
        .subject: ["{/number}", "{/issue/number}", "{/ref}", "{/release/id}"],
        .id: ["{header:X-Gitea-Delivery}", "{header:X-Forgejo-Delivery}", "{hash}"],
        .time: [
            "{/comment/updated_at}", "{/pull_request/updated_at}", "{/issue/updated_at}",
            "{/head_commit/timestamp}", "{/release/published_at}",
        ],
        .partitionkey: ["{/repository/full_name}"],
    ]).with { $0.kindHeaders = ["x-gitea-event", "x-forgejo-event"] }
}
