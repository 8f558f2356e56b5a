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
        (.before("aab"), "aaab", "a"), (.after("abab"), "abacababx", "x"), (.after("é"), "caféé", "é"),
        (.before("x"), "e\u{301}x", "e\u{301}"), (.after("e"), "e\u{301}x", "\u{301}x"),
        (.parent, "a/\u{301}", "a"),
        (.dots, "/\u{301}é/", ".\u{301}é."), (.origin, "a://b\u{301}/c", "a://b\u{301}"), (.slug, "é-Ab  9é", "ab_9"),
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
        var work = TemplateWork(bytes: 0)
        #expect(templates.value(of: .subject, in: content, [], work: &work) == "{e}")
    }

    /// Thousands of places with the same long value would make gigabytes of one request.
    @Test func aTextThatIsTooLongIsNoAlternative() throws {
        let many = String(repeating: "{/a}", count: 200)
        let templates = CompiledTemplates(try WebhookMapping([.subject: [many, "{/a|before:-}"]]))
        let content = WebhookContent(headers: [], endpoint: "e", hashed: .init())
        var work = TemplateWork(bytes: 0)
        let long = "x-" + String(repeating: "y", count: CompiledTemplates.bytesMax / 2)
        #expect(templates.value(of: .subject, in: content, [long], work: &work) == "x")
        #expect(templates.value(of: .subject, in: content, ["yy"], work: &work) == String(repeating: "yy", count: 200))
    }

    @Test func templatesThatTakeTooMuchWorkAreNoAlternatives() throws {
        let hashes = String(repeating: "{hash}", count: 100)
        let templates = CompiledTemplates(
            try WebhookMapping([.type: [hashes], .subject: [hashes, "{/a}{header:b}{form:c}{hash}", "none"]]))
        let content = WebhookContent(
            headers: [("b", "1")], endpoint: "e", hashed: .init(repeating: 1, count: TemplateWork.unitsMin / 150))
        var work = TemplateWork(bytes: 0)
        #expect(templates.value(of: .type, in: content, ["1"], work: &work)?.utf8.count == 2_048)
        // The second one of the request has nothing left to read with, but for what is there already.
        #expect(templates.value(of: .subject, in: content, ["1"], work: &work) == nil)
    }

    @Test func filtersOfOnePlaceAreBounded() throws {
        let filters = String(repeating: "|lower", count: AttributeTemplate.filtersMax)
        _ = try AttributeTemplate("{/a\(filters)}{/b\(filters)}")
        #expect(throws: AttributeTemplate.Fault.self) { try AttributeTemplate("{/a\(filters)|lower}") }
    }

    @Test func everyTemplateOfTheTableIsOne() {
        // A table with a fault in it compiles to nothing.
        for (name, rules) in ProviderRules.platforms.merging(ProviderRules.services, uniquingKeysWith: { $1 }) {
            let content = WebhookContent(headers: [], endpoint: "e", hashed: .init(), kind: "k")
            let members = [String?](repeating: "1", count: rules.other.paths.count)
            var work = TemplateWork(bytes: 0)
            #expect(rules.other.value(of: .type, in: content, members, work: &work) != nil, "\(name)")
        }
        for rules in [ProviderRules.github, ProviderRules.gitlab] {
            for (kind, templates) in rules.kinds {
                let content = WebhookContent(headers: [], endpoint: "e", hashed: .init(), kind: kind)
                let members = [String?](repeating: "1", count: templates.paths.count)
                var work = TemplateWork(bytes: 0)
                #expect(templates.value(of: .type, in: content, members, work: &work)?.isEmpty == false, "\(kind)")
                #expect(templates.value(of: .id, in: content, members, work: &work) != nil, "\(kind)")
            }
        }
    }
}
