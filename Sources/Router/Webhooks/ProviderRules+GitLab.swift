extension ProviderRules {
    /// The CloudEvents adapter for GitLab (`cloudevents/adapters/gitlab.md` of the specification), but for the id: it
    /// asks for a new one each time, we take the one that GitLab's retries keep.
    static let gitlab: ProviderRules = {
        var rules = ProviderRules(
            Self.texts(["com.gitlab.{/object_kind|slug}", "com.gitlab.{kind|before: Hook|slug}"]))
        rules.kindHeaders = ["x-gitlab-event"]
        for (kind, texts) in Self.gitlabKinds {
            rules.kinds["\(kind) Hook"] = Self.compiled(texts)
            if ["Issue", "Note"].contains(kind) { rules.kinds["Confidential \(kind) Hook"] = Self.compiled(texts) }
        }
        return rules
    }()

    private static func texts(
        _ type: [String], source: [String] = [], subject: [String] = [], time: [String] = []
    ) -> Texts {
        [
            .type: type + ["com.gitlab.webhook"],
            .source: source + [
                "{/repository/homepage}", "{/project/web_url}", "{/project/homepage}", "{header:X-Gitlab-Instance}",
                "/webhooks/{endpoint}",
            ],
            .subject: subject, .time: time,
            .id: [
                "{header:Idempotency-Key}", "{header:X-Gitlab-Event-UUID}", "{header:webhook-id}", "{hash}",
            ],
            .partitionkey: ["{/project/path_with_namespace}", "{/project_id}", "{/group/full_path}"],
        ]
    }

    private static func note(_ kind: String, _ name: String) -> String {
        "{?/object_attributes/noteable_type=\(kind)}com.gitlab.note.\(name)"
    }

    private static let gitlabKinds: [String: Texts] = [
        "Push": Self.texts(["com.gitlab.push"], subject: ["{/checkout_sha}", "{/ref}"]),
        "Tag Push": Self.texts(["com.gitlab.tag_push"], subject: ["{/ref}"]),
        "Issue": Self.texts(
            ["com.gitlab.issue.{/object_attributes/state}", "com.gitlab.issue"],
            subject: ["{/object_attributes/iid}"]),
        "Note": Self.texts(
            [
                Self.note("Commit", "commit"), Self.note("MergeRequest", "merge_request"), Self.note("Issue", "issue"),
                Self.note("Snippet", "snippet"), "com.gitlab.note",
            ],
            source: [
                "{?/object_attributes/noteable_type=Commit}{/commit/url}", "{/object_attributes/url|before:#note_}",
            ],
            subject: ["{/object_attributes/id}"], time: ["{/object_attributes/created_at}"]),
        "Merge Request": Self.texts(
            ["com.gitlab.merge_request.{/object_attributes/action}", "com.gitlab.merge_request"],
            subject: ["{/object_attributes/iid}"], time: ["{/object_attributes/created_at}"]),
        "Wiki Page": Self.texts(
            ["com.gitlab.wiki_page.{/object_attributes/action}", "com.gitlab.wiki_page"],
            source: ["{/project/web_url}"], subject: ["{/object_attributes/slug}"]),
        "Pipeline": Self.texts(
            ["com.gitlab.pipeline.{/object_attributes/status}", "com.gitlab.pipeline"],
            source: ["{/project/web_url}"], subject: ["{/object_attributes/id}"]),
        "Job": Self.texts(
            ["com.gitlab.job.{/job_status}", "com.gitlab.job.{/build_status}", "com.gitlab.job"],
            subject: ["{/job_id}", "{/build_id}"]),
        "Deployment": Self.texts(
            ["com.gitlab.deployment.{/status}", "com.gitlab.deployment"], source: ["{/project/web_url}"],
            subject: ["{/deployment_id}"], time: ["{/status_changed_at}"]),
        "Release": Self.texts(
            ["com.gitlab.release.{/action}", "com.gitlab.release"], source: ["{/project/web_url}"], subject: ["{/tag}"],
            time: ["{/released_at}"]),
    ]
}
