import CloudEvents
import Testing

struct AttributeRepairTests {
    @Test(arguments: [
        ("plain", "plain"), ("  a b ", "a b"), ("a\u{0}\n\u{7f}b", "ab"), ("é€é", "é€"),
        ("\n", nil), ("   ", nil),
        ("", nil),
        ("0123456789", "01234"),
    ])
    func textBecomesAnAttribute(text: String, expected: String?) throws {
        let repaired = AttributeRepair.text(text, bytesMax: 5)
        #expect(repaired == expected)
        guard let repaired else { return }
        var event = CloudEvent(id: repaired, source: "/s", type: repaired)
        event.attributes.append(name: "subject", value: repaired)
        try event.validate()
    }

    @Test(arguments: [
        ("https://a.example/x y", "https://a.example/x%20y"), ("/é", "/%C3%A9"), ("a:b", "a:b"),
        ("github.com", "github.com"),
        ("http://[::1", nil), ("", nil), ("x%zz", nil),
    ])
    func aSourceIsAReferenceOrNothing(text: String, expected: String?) throws {
        #expect(AttributeRepair.uriReference(text, bytesMax: 200) == expected)
    }

    @Test func typesOfCloudEventsAreNotTakenForData() {
        #expect(AttributeRepair.isMediaType("application/json; charset=utf-8"))
        #expect(!AttributeRepair.isMediaType("application/cloudevents+json"))
        #expect(!AttributeRepair.isMediaType("json"))
    }
}
