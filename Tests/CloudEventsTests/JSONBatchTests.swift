import CloudEvents
import NIOCore
import Testing

struct JSONBatchTests {
    private func fault(_ text: String, limits: CloudEventLimits = CloudEventLimits()) -> CloudEventError? {
        do throws(CloudEventError) {
            _ = try JSONEventFormat.decodeBatch(buffer(text), limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: ["[]", " [ ] ", "\n[\n]\n"]) func emptyBatchIsValid(text: String) throws {
        #expect(try JSONEventFormat.decodeBatch(buffer(text)).isEmpty)
    }

    @Test func eventsComeInTheirOrderWithTheirData() throws {
        let text =
            "[ " + (0..<500).map { envelope("\"n\":\($0),\"data\":{\"v\":\($0)}") }.joined(separator: " ,\n") + " ]"
        let events = try JSONEventFormat.decodeBatch(buffer(text))
        #expect(events.count == 500)
        for (index, event) in events.enumerated() {
            #expect(event.attributes["n"] == "\(index)")
            #expect(event.data?.text == "{\"v\":\(index)}")
            #expect(event.dataContentType == "application/json")
            #expect(event.attributes.count == 6)
        }
    }

    @Test func stateOfOneEventDoesNotReachTheNext() throws {
        let events = try JSONEventFormat.decodeBatch(
            buffer("[\(envelope(#""subject":null,"ext":"1","data":1"#)),\(envelope(#""subject":"x","ext":"2""#))]"))
        #expect(events[0].subject == nil && events[1].subject == "x")
        #expect(events[1].data == nil && events[1].dataContentType == nil)
        #expect(self.fault("[\(envelope("")),{\"id\":\"2\"}]")?.code == .missingAttribute)
    }

    /// All events of a batch have the same `specversion` (CloudEvents 1.0.2, HTTP binding, section 3.3.2).
    @Test func versionsMustNotBeMixed() {
        let old = #"{"specversion":"0.3","id":"2","source":"/s","type":"t"}"#
        for (text, index) in [
            ("[\(envelope("")),\(old)]", 1), ("[\(old),\(old),\(envelope("")),\(old)]", 2),
            ("[\(envelope("")),\(envelope("")),\(old),\(envelope(""))]", 2),
        ] {
            let fault = self.fault(text)
            #expect(fault?.code == .invalidAttributeValue)
            #expect(fault?.attribute == "specversion")
            #expect(fault?.index == index)
            #expect(fault?.byteOffset != nil)
        }
    }

    @Test func batchOfTheOldVersionIsUpgraded() throws {
        let old = #"{"specversion":"0.3","id":"2","source":"/s","type":"t","schemaurl":"http://a/","ext":7}"#
        let plain = #"{"specversion":"0.3","id":"1","source":"/s","type":"t"}"#
        let events = try JSONEventFormat.decodeBatch(buffer("[\(plain),\(old),\(plain)]"))
        #expect(events[1].attributes["specversion"] == "1.0")
        #expect(events[1].attributes["dataschema"] == "http://a/")
        #expect(events[1].attributes.withValue(of: "ext") { kind, _ in kind } == .integer)
        #expect(events[0] == events[2])
        #expect(events[0] == .sample())
    }

    @Test func errorNamesTheEvent() {
        let good = envelope("")
        let bad = #"{"specversion":"1.0","id":"1","source":"/s"}"#
        let fault = self.fault("[\(good),\(good),\(bad),\(good)]")
        #expect(fault?.index == 2)
        #expect(fault?.code == .missingAttribute)
        #expect(fault?.attribute == "type")
        #expect(fault?.byteOffset == 3 + 2 * good.utf8.count)
        #expect(fault.map { "\($0)" }?.hasPrefix("event 2: type: ") == true)
        let old = #"{"specversion":"0.3","id":"2","source":"/s","type":"t","schemaurl":"relative"}"#
        let oldest = #"{"specversion":"0.3","id":"2","source":"/s","type":"t"}"#
        let upgrade = self.fault("[\(oldest),\(old)]")
        #expect(upgrade?.index == 1)
        #expect(upgrade?.attribute == "schemaurl")
        #expect(upgrade?.byteOffset == 2 + oldest.utf8.count)
    }

    @Test(arguments: [
        "", " ", "{}", "null", "[", "[,]", "[{}]x", "[1]", "[null]", "[[]]", "[{},]", "]", "[\(envelope(""))",
        "[\(envelope("")),]", "[\(envelope(""))\(envelope(""))]", "[\(envelope(""));\(envelope(""))]",
        "[\(envelope(""))]]",
    ])
    func malformedBatchIsRefused(text: String) { #expect(self.fault(text) != nil) }

    @Test func numberOfEventsIsLimited() throws {
        let text = "[" + Array(repeating: envelope(""), count: 5).joined(separator: ",") + "]"
        #expect(try JSONEventFormat.decodeBatch(buffer(text), limits: CloudEventLimits(batchEventsMax: 5)).count == 5)
        let fault = self.fault(text, limits: CloudEventLimits(batchEventsMax: 4))
        #expect(fault?.code == .limitExceeded)
        #expect(fault?.index == 4)
    }
}
