import WebhookSignatures

/// What the webhooks of a provider become: templates for each kind of them, as data.
struct ProviderRules: Sendable {
    /// Templates by attribute, and what they need of a body.
    typealias Texts = [WebhookMapping.Attribute: [String]]

    /// Headers that name the kind of a webhook, in small letters; the first one that is there.
    var kindHeaders: [String] = []
    /// By kind.
    var kinds: [String: CompiledTemplates] = [:]
    /// For kinds that are not in the table, and for webhooks that name none.
    var other: CompiledTemplates
    /// Whether a body is an object of arrays whose elements are events of their own.
    var isBatch = false
    /// Whether headers `ce-…` make an event of it as it is: for senders of no provider's own form.
    var takesEvents = false

    init(_ other: Texts) { self.other = Self.compiled(other) }

    /// The same with some things changed.
    func with(_ change: (inout Self) -> Void) -> Self {
        var rules = self
        change(&rules)
        return rules
    }

    /// Those of a provider; all providers that are known have some.
    static func rules(of provider: WebhookProvider) -> ProviderRules { self.table[provider.name] ?? self.generic }

    /// Made once: endpoints share them.
    private static let table: [String: ProviderRules] = {
        var table = Self.platforms.merging(Self.services) { $1 }
        table["github"] = Self.github
        table["gitlab"] = Self.gitlab
        return table
    }()

    /// What is wrong with a table is wrong in every run: the tests go through all of them.
    static func compiled(_ texts: Texts) -> CompiledTemplates {
        CompiledTemplates((try? WebhookMapping(texts)) ?? WebhookMapping())
    }

    /// Where nothing else is known: an event that says that a webhook came.
    static let generic = ProviderRules([
        .type: ["com.portarium.webhook.Received.v1"], .source: ["/webhooks/{endpoint}"],
        .id: [
            "{header:webhook-id}", "{header:svix-id}", "{header:Idempotency-Key}", "{header:X-Request-Id}", "{hash}",
        ],
    ]).with { $0.takesEvents = true }
}
