import CloudEvents
import NIOCore
import Testing
import Traces

@Suite struct SpanTests {
    private static let context = TraceParent(traceID: 0xabc, parentID: 0x12, flags: 1)

    private static func span() -> Span {
        Span("send", .producer, context: Self.context, parentID: nil, start: 5, end: 9)
    }

    @Test func anEndBeforeTheStartIsTheStart() {
        let span = Span("send", .producer, context: Self.context, parentID: nil, start: 9, end: 5)
        #expect(span.end == 9)
    }

    @Test func longTextsAreCutAtACharacter() throws {
        var span = Self.span()
        span.set(.eventSubject, String(repeating: "a", count: 1_023) + "ü" + String(repeating: "b", count: 100))
        guard case .text(let text) = try #require(span.attributes.first).value else {
            Issue.record("no text")
            return
        }
        #expect(text == String(repeating: "a", count: 1_023))
    }

    @Test func linksAreBounded() {
        var span = Self.span()
        for number in 1...200 { span.link(to: TraceParent(traceID: UInt128(number), parentID: 1, flags: 1)) }
        #expect(span.links.count == Span.linksMax)
        #expect(span.links.last?.traceID == UInt128(Span.linksMax))
    }

    @Test func anEventIsToldByItsAttributesAndNotByItsData() {
        var event = CloudEvent(id: "1", source: "/s", type: "t", data: .init(string: "secret data"))
        event.attributes.append(name: "correlationid", value: "c")
        event.attributes.append(name: "authorization", value: "secret extension")
        var span = Self.span()
        span.describe(event)
        let told = Dictionary(uniqueKeysWithValues: span.attributes.map { ($0.name.rawValue, $0.value) })
        #expect(
            told == [
                "cloudevents.event_id": .text("1"), "cloudevents.event_source": .text("/s"),
                "cloudevents.event_type": .text("t"), "cloudevents.event_spec_version": .text("1.0"),
                "messaging.message.id": .text("1"), "messaging.message.conversation_id": .text("c"),
            ])
    }

    @Test func itsBytesAreThoseOfItsTextsAndMore() {
        var span = Self.span()
        let before = span.byteCount
        span.set(.eventID, String(repeating: "x", count: 500))
        #expect(span.byteCount > before + 500)
    }

    @Test func aResourceHasItsServiceOnceAndItsAttributesOverTheRoutersOwn() {
        let resource = SpanResource(
            serviceName: "bus", version: "1",
            attributes: [("service.name", "other"), ("a", "1"), ("a", "2"), ("telemetry.sdk.name", "mine")])
        let names = resource.attributes.map(\.name)
        #expect(Set(names).count == names.count)
        let values = Dictionary(uniqueKeysWithValues: resource.attributes.map { ($0.name, $0.value) })
        #expect(values["service.name"] == "bus")
        #expect(values["a"] == "2")
        #expect(values["telemetry.sdk.name"] == "mine")
        #expect(values["service.version"] == "1")
    }
}
