import CloudEvents
import NIOCore
import Testing
import Transforms

@testable import Webhooks

struct AttributeTemplateTests {
    @Test(arguments: [
        "", "{", "}", "{}", "{x}", "{/a|}", "{/a|upper}", "{?/a}", "{header:}", "{form:}", "{/a|before:}", "a{{b}",
    ])
    func whatIsNoTemplateIsRefused(_ text: String) {
        #expect(throws: AttributeTemplate.Fault.self) { try AttributeTemplate(text) }
    }

    @Test func aTemplateIsNotLongerThanItMayBe() throws {
        _ = try AttributeTemplate(String(repeating: "a", count: AttributeTemplate.bytesMax))
        #expect(throws: AttributeTemplate.Fault.self) {
            try AttributeTemplate(String(repeating: "a", count: AttributeTemplate.bytesMax + 1))
        }
    }

    @Test(arguments: [
        (AttributeTemplate.Filter.lower, "AbC", "abc"), (.slug, "Sales Invoice!", "sales_invoice"), (.slug, "", ""),
        (.dots, "orders/create", "orders.create"), (.origin, "https://a.example:8/x?y", "https://a.example:8"),
        (.origin, "none", "none"), (.parent, "https://x/users/me", "https://x/users"), (.parent, "x", "x"),
        (.before("#note_"), "u#note_1", "u"), (.before("#"), "u", "u"), (.after("jira:"), "jira:x", "x"),
    ])
    func filtersAreTotal(filter: AttributeTemplate.Filter, text: String, expected: String) {
        #expect(filter.applied(to: text) == expected)
    }

    @Test(arguments: [
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"), ("1767225600", "2026-01-01T00:00:00.000Z"),
        ("1767225600123", "2026-01-01T00:00:00.123Z"), ("1767225600.5", "2026-01-01T00:00:00.000Z"),
        ("2026-01-01 00:00:00 UTC", "2026-01-01T00:00:00Z"), ("2026-01-01 00:00:00 +0200", "2026-01-01T00:00:00+02:00"),
        ("2026-01-01T00:00:00.000+0000", "2026-01-01T00:00:00.000+00:00"), ("2026-01-01", nil), ("yesterday", nil),
        ("", nil), ("99999999999999999999", nil), ("-5", nil),
    ])
    func timesAreUnderstood(text: String, expected: String?) {
        #expect(WebhookTime.rfc3339(text) == expected)
    }

    @Test func bracesAreWrittenTwice() throws {
        let templates = CompiledTemplates(try WebhookMapping([.subject: ["{{{endpoint}}}"]]))
        let content = WebhookContent(headers: [], endpoint: "e", hashed: .init())
        #expect(templates.value(of: .subject, in: content, []) == "{e}")
    }

    @Test func everyTemplateOfTheTableIsOne() {
        // A table with a fault in it compiles to nothing.
        for (name, rules) in ProviderRules.platforms.merging(ProviderRules.services, uniquingKeysWith: { $1 }) {
            let content = WebhookContent(headers: [], endpoint: "e", hashed: .init(), kind: "k")
            let members = [String?](repeating: "1", count: rules.other.paths.count)
            #expect(rules.other.value(of: .type, in: content, members) != nil, "\(name)")
        }
        for rules in [ProviderRules.github, ProviderRules.gitlab] {
            for (kind, templates) in rules.kinds {
                let content = WebhookContent(headers: [], endpoint: "e", hashed: .init(), kind: kind)
                let members = [String?](repeating: "1", count: templates.paths.count)
                #expect(templates.value(of: .type, in: content, members)?.isEmpty == false, "\(kind)")
                #expect(templates.value(of: .id, in: content, members) != nil, "\(kind)")
            }
        }
    }
}
