import CloudEvents
import JSONSchema
import NIOCore
import Synchronization
import Testing

@testable import EventTypes

/// What becomes of events whose types are registered.
struct EventDataCheckTests {
    private final class Rules: EventTypeSource {
        let types: TenantEventTypes

        init(_ schema: String, _ mode: EventTypeMode, type: String = "t", stepsMax: Int = 1_000) throws {
            var limits = JSONSchema.Limits()
            limits.stepsMax = stepsMax
            self.types = TenantEventTypes([
                type: EventTypeRule(
                    tenant: "a", type: type, version: 3, mode: mode,
                    schema: try CompiledEventSchema(schema, limits: limits))
            ])
        }

        func judged(of tenant: String) -> TenantEventTypes? { tenant == "a" ? self.types : nil }
    }

    private final class Ear: EventDataObserver {
        let heard = Mutex<[String]>([])

        func violated(_ rule: EventTypeRule, _ violation: SchemaViolation) {
            self.heard.withLock { $0.append("\(rule.mode) \(violation.schemaPointer)") }
        }
    }

    private static let object = #"{"type":"object","required":["n"],"properties":{"n":{"type":"integer"}}}"#

    private static func event(_ data: String?, type: String = "t", contentType: String? = nil) -> CloudEvent {
        var event = CloudEvent(id: "1", source: "/s", type: type, data: data.map { ByteBuffer(string: $0) })
        if let contentType { event.attributes.append(name: "datacontenttype", value: contentType) }
        return event
    }

    private static func fault(
        _ events: [CloudEvent], _ rules: Rules, ear: Ear = Ear(), tenant: String = "a"
    ) -> CloudEventError? {
        do throws(CloudEventError) {
            try EventDataCheck(source: rules, observer: ear, stepsPerEventMax: 1_000).check(events, tenant: tenant)
            return nil
        } catch { return error }
    }

    @Test func whatFitsAndWhatHasNoSchemaIsTaken() throws {
        let rules = try Rules(Self.object, .enforce)
        let ear = Ear()
        let events = [Self.event(#"{"n":1}"#), Self.event("no JSON", type: "other"), Self.event(nil, type: "other")]
        #expect(Self.fault(events, rules, ear: ear) == nil)
        #expect(Self.fault([Self.event("1")], rules, ear: ear, tenant: "b") == nil)
        #expect(ear.heard.withLock { $0 }.isEmpty)
    }

    @Test func enforceRefusesWithEveryPlaceAndTheIndex() throws {
        let rules = try Rules(Self.object, .enforce)
        let fault = try #require(Self.fault([Self.event(#"{"n":1}"#), Self.event(#"{"n":"x"}"#)], rules))
        #expect(fault.code == .schemaViolation)
        #expect(fault.index == 1)
        #expect(fault.dataFaults.map(\.pointer) == ["/n"])
        #expect(fault.reason.contains("version 3"))
    }

    @Test func warnTakesAndTells() throws {
        let ear = Ear()
        let rules = try Rules(Self.object, .warn)
        #expect(Self.fault([Self.event("{}"), Self.event("[]"), Self.event(#"{"n":1}"#)], rules, ear: ear) == nil)
        #expect(ear.heard.withLock { $0 } == ["warn /required", "warn /type"])
    }

    @Test(arguments: [
        (nil, true), ("application/json", true), ("Application/JSON; charset=utf-8", true), ("text/json", true),
        ("application/vnd.acme+json", true), ("application/json ;x=y", true), ("text/plain", false),
        ("application/xml", false), ("application/jsonp", false),
    ])
    func dataAreJSONByTheirContentType(_ contentType: String?, _ isJSON: Bool) throws {
        let rules = try Rules("true", .enforce)
        let fault = Self.fault([Self.event("{}", contentType: contentType)], rules)
        #expect((fault == nil) == isJSON)
        if !isJSON { #expect(fault?.reason.contains("datacontenttype") == true) }
    }

    @Test func noDataAreJudgedAsNull() throws {
        #expect(Self.fault([Self.event(nil)], try Rules(Self.object, .enforce)) != nil)
        #expect(Self.fault([Self.event(nil)], try Rules(#"{"type":["object","null"]}"#, .enforce)) == nil)
        #expect(
            Self.fault([Self.event(nil, contentType: "text/plain")], try Rules(#"{"type":"null"}"#, .enforce)) == nil)
    }

    @Test(arguments: [
        "{", "", #"{"a":1,"a":2}"#, String(repeating: "[", count: 200) + String(repeating: "]", count: 200),
    ])
    func dataThatAreNoJSONAreRefused(_ data: String) throws {
        let fault = try #require(Self.fault([Self.event(data)], try Rules("true", .enforce)))
        #expect(fault.reason.contains("no JSON that can be judged"))
    }

    @Test func anUnversionedTypeOfPortariumMeansItsFirstVersion() throws {
        let rules = try Rules("false", .enforce, type: "com.portarium.run.RunStarted.v1")
        #expect(Self.fault([Self.event("1", type: "com.portarium.run.RunStarted")], rules) != nil)
        #expect(Self.fault([Self.event("1", type: "com.portarium.run.RunStarted.v1")], rules) != nil)
        #expect(Self.fault([Self.event("1", type: "com.portarium.run.RunStarted.v2")], rules) == nil)
        let other = try Rules("false", .enforce, type: "com.example.A.v1")
        #expect(Self.fault([Self.event("1", type: "com.example.A")], other) == nil)
    }

    @Test func stepsAreBoundedForEachEventAndForAllOfARequest() throws {
        let deep = #"{"items":{"anyOf":[{"type":"string"},{"type":"null"},{"type":"integer"}]}}"#
        let rules = try Rules(deep, .enforce, stepsMax: 1_000)
        let some = "[" + (0..<100).map(String.init).joined(separator: ",") + "]"
        let many = "[" + (0..<900).map(String.init).joined(separator: ",") + "]"
        #expect(Self.fault([Self.event(some)], rules) == nil)
        #expect(Self.fault([Self.event(many)], rules)?.reason.contains("more than 1000 steps") == true)
        let fault = Self.fault(Array(repeating: Self.event(some), count: 1_000), rules)
        let index = try #require(fault?.index)
        #expect(fault?.reason.contains("steps") == true)
        #expect((100..<1_000).contains(index))
    }
}
