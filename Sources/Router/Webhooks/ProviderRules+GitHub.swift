extension ProviderRules {
    /// One row of the adapter: where a kind of event differs from the others.
    private struct Row {
        var source: [String] = []
        var type: [String]?
        var subject: [String] = []
        var time: [String] = []
    }

    /// The CloudEvents adapter for GitHub (`cloudevents/adapters/github.md` of the specification). What it leaves open,
    /// or takes from a member that a payload does not have, falls back: the source to the organisation, the account or
    /// the sender, the time to that of arrival. `ping`, which it does not have, is an event as well: who sets a webhook
    /// up sees it come.
    static let github: ProviderRules = {
        var rules = ProviderRules(Self.texts("{kind}", Row()))
        rules.kindHeaders = ["x-github-event"]
        for (kind, row) in Self.repositoryRows.merging(Self.workRows, uniquingKeysWith: { $1 }) {
            rules.kinds[kind] = Self.compiled(Self.texts(kind, row))
        }
        return rules
    }()

    private static func texts(_ kind: String, _ row: Row) -> Texts {
        var texts: Texts = [
            .id: ["{header:X-GitHub-Delivery}", "{hash}"],
            .type: row.type ?? ["com.github.\(kind).{/action}", "com.github.\(kind)"],
            .source: row.source + [
                "{/repository/url}", "{/organization/url}", "{/installation/account/url}", "{/sender/url}",
                "https://github.com",
            ],
            .partitionkey: [
                "{/repository/full_name}", "{/organization/login}", "{/installation/account/login}", "{/sender/login}",
            ],
        ]
        texts[.subject] = row.subject
        texts[.time] = row.time
        return texts
    }

    /// A kind without an action, or whose action is not a part of its type.
    private static func plain(_ kind: String) -> [String] { ["com.github.\(kind)"] }

    private static let repositoryRows: [String: Row] = [
        "branch_protection_rule": Row(subject: ["{/rule/id}"], time: ["{/rule/updated_at}"]),
        "commit_comment": Row(
            source: ["{/comment/url}/{/comment/commit_id}"], subject: ["{/comment/id}"],
            time: ["{/comment/updated_at}"]),
        "content_reference": Row(subject: ["{/content_reference/id}"]),
        "create": Row(type: ["com.github.create.{/ref_type}", "com.github.create"], subject: ["{/ref}"]),
        "custom_property": Row(subject: ["{/definition/property_name}"]),
        "delete": Row(type: ["com.github.delete.{/ref_type}", "com.github.delete"], subject: ["{/ref}"]),
        "deploy_key": Row(subject: ["{/key/id}"], time: ["{/key/deleted_at}", "{/key/created_at}"]),
        "fork": Row(type: Self.plain("fork"), subject: ["{/forkee/url}"], time: ["{/forkee/created_at}"]),
        "github_app_authorization": Row(source: ["{/sender/url}"], type: Self.plain("github_app_authorization")),
        "gollum": Row(type: Self.plain("gollum")),
        "installation": Row(
            source: ["{/installation/account/url}"], subject: ["{/installation/id}"],
            time: ["{/installation/updated_at}"]),
        "installation_repositories": Row(
            source: ["{/installation/account/url}"], subject: ["{/installation/id}"],
            time: ["{/installation/updated_at}"]),
        "installation_target": Row(source: ["{/installation/account/url}"], subject: ["{/installation/id}"]),
        "label": Row(subject: ["{/label/name}"]),
        "marketplace_purchase": Row(
            source: ["{/sender/url|parent}"], subject: ["{/marketplace_purchase/account/login}"],
            time: ["{/effective_date}"]),
        "member": Row(subject: ["{/member/login}"]),
        "membership": Row(
            source: ["{/team/url}"], type: ["com.github.membership.{/scope}.{/action}", "com.github.membership"],
            subject: ["{/member/login}"]),
        "meta": Row(subject: ["{/hook_id}"], time: ["{/hook/updated_at}"]),
        "org_block": Row(source: ["{/organization/url}"], subject: ["{/blocked_user/login}"]),
        "organization": Row(source: ["{/organization/url}"], subject: ["{/membership/user/login}"]),
        "package": Row(subject: ["{/package/id}"], time: ["{/package/updated_at}", "{/package/created_at}"]),
        "page_build": Row(type: Self.plain("page_build"), subject: ["{/build/url}"], time: ["{/pusher/updated_at}"]),
        "ping": Row(type: Self.plain("ping"), subject: ["{/hook_id}"]),
        "public": Row(
            source: ["{/repository/owner/url}"], type: Self.plain("public"), subject: ["{/repository/name}"],
            time: ["{/repository/updated_at}"]),
        "push": Row(type: Self.plain("push"), subject: ["{/ref}"]),
        "registry_package": Row(
            subject: ["{/registry_package/html_url}"], time: ["{/registry_package/updated_at}"]),
        "release": Row(
            subject: ["{/release/id}"],
            time: [
                "{?/action=created}{/release/created_at}", "{?/action=published}{/release/published_at}",
                "{?/action=released}{/release/published_at}", "{?/action=prereleased}{/release/published_at}",
            ]),
        "repository": Row(
            source: ["{/repository/owner/url}"], subject: ["{/repository/name}"], time: ["{/repository/updated_at}"]),
        "repository_dispatch": Row(source: ["{/repository/owner/url}"]),
        "repository_import": Row(
            source: ["{/repository/owner/url}"], type: Self.plain("repository_import"),
            subject: ["{/repository/name}"], time: ["{/repository/updated_at}"]),
        "repository_ruleset": Row(
            source: ["{/repository/owner/url}"], subject: ["{/repository/name}"], time: ["{/repository/updated_at}"]),
        "sponsorship": Row(subject: ["{/sponsorship/sponsor/login}"]),
        "star": Row(time: ["{/starred_at}"]),
        "status": Row(
            type: ["com.github.status.{/state}", "com.github.status"], subject: ["{/sha}"], time: ["{/updated_at}"]),
        "team": Row(subject: ["{/team/id}"], time: ["{/updated_at}"]),
        "team_add": Row(subject: ["{/team/id}"]),
    ]

    private static let workRows: [String: Row] = [
        "check_run": Row(
            subject: ["{/check_run/id}"], time: ["{/check_run/completed_at}", "{/check_run/started_at}"]),
        "check_suite": Row(subject: ["{/check_suite/id}"], time: ["{/check_suite/updated_at}"]),
        "code_scanning_alert": Row(subject: ["{/alert/number}"]),
        "dependabot_alert": Row(subject: ["{/alert/id}", "{/alert/number}"]),
        "deployment": Row(
            type: Self.plain("deployment"), subject: ["{/deployment/id}"], time: ["{/deployment/updated_at}"]),
        "deployment_protection_rule": Row(source: ["{/deployment/url}"], subject: ["{/deployment/id}"]),
        "deployment_review": Row(source: ["{/deployment/url}"], subject: ["{/workflow_run/id}"]),
        "deployment_status": Row(
            source: ["{/deployment/url}"],
            type: ["com.github.deployment_status.{/deployment_status/state}", "com.github.deployment_status"],
            subject: ["{/deployment_status/url}"], time: ["{/deployment_status/updated_at}"]),
        "discussion": Row(subject: ["{/discussion/id}"]),
        "discussion_comment": Row(subject: ["{/discussion/id}"], time: ["{/comment/updated_at}"]),
        "issue_comment": Row(
            source: ["{/issue/url}"], subject: ["{/comment/id}"], time: ["{/comment/updated_at}"]),
        "issues": Row(subject: ["{/issue/number}"], time: ["{/issue/updated_at}"]),
        "merge_group": Row(subject: ["{/merge_group/head_ref}"]),
        "milestone": Row(subject: ["{/milestone/number}"], time: ["{/milestone/updated_at}"]),
        "project": Row(subject: ["{/project/id}"], time: ["{/project/updated_at}"]),
        "project_card": Row(subject: ["{/project_card/id}"], time: ["{/project_card/updated_at}"]),
        "project_column": Row(subject: ["{/project_column/id}"], time: ["{/project_column/updated_at}"]),
        "projects_v2": Row(subject: ["{/projects_v2/id}"], time: ["{/projects_v2/updated_at}"]),
        "projects_v2_item": Row(subject: ["{/projects_v2_item/id}"], time: ["{/projects_v2_item/updated_at}"]),
        "projects_v2_status_update": Row(
            subject: ["{/projects_v2_status_update/id}"], time: ["{/projects_v2_status_update/updated_at}"]),
        "pull_request": Row(subject: ["{/number}"], time: ["{/pull_request/updated_at}"]),
        "pull_request_review": Row(
            source: ["{/pull_request/url}"], subject: ["{/review/id}"], time: ["{/review/submitted_at}"]),
        "pull_request_review_comment": Row(
            source: ["{/pull_request/url}"], subject: ["{/comment/id}"], time: ["{/pull_request/updated_at}"]),
        "pull_request_review_thread": Row(source: ["{/pull_request/url}"], subject: ["{/pull_request/id}"]),
        "repository_advisory": Row(
            subject: ["{/repository_advisory/ghsa_id}"], time: ["{/repository_advisory/updated_at}"]),
        "repository_vulnerability_alert": Row(subject: ["{/alert/id}"]),
        "secret_scanning_alert": Row(
            subject: ["{/alert/number}"], time: ["{/alert/updated_at}", "{/alert/created_at}"]),
        "secret_scanning_alert_location": Row(
            subject: ["{/alert/number}"], time: ["{/alert/updated_at}", "{/alert/created_at}"]),
        "security_advisory": Row(
            source: ["github.com"], subject: ["{/security_advisory/ghsa_id}"],
            time: ["{/security_advisory/updated_at}"]),
        "security_and_analysis": Row(type: Self.plain("security_and_analysis")),
        "workflow_dispatch": Row(type: Self.plain("workflow_dispatch"), subject: ["{/workflow}"]),
        "workflow_job": Row(subject: ["{/workflow_job/name}"]),
        "workflow_run": Row(subject: ["{/workflow/name}"]),
    ]
}
