import CloudEvents
import NIOCore
import Testing

struct JSONEncodingTests {
    @Test func eventIsWrittenCompactlyInTheOrderOfItsAttributes() {
        var event = CloudEvent.sample("n", "5", kind: .integer)
        event.attributes.append(name: "b", value: "true", kind: .boolean)
        event.attributes.append(name: "s", value: "true")
        #expect(
            event.json
                == #"{"specversion":"1.0","id":"1","source":"/s","type":"t","n":5,"b":true,"s":"true"}"#)
    }

    @Test func textIsEscapedOnlyWhereJSONAsksForIt() {
        let event = CloudEvent.sample("ext", "a\"b\\c/d é😀\u{7f}", data: nil)
        #expect(event.json.hasSuffix(",\"ext\":\"a\\\"b\\\\c/d é😀\u{7f}\"}"))
        let text = CloudEvent.sample(
            "datacontenttype", "text/plain", data: ByteBuffer(string: "\u{0}\u{8}\t\n\u{b}\u{c}\r\u{1f}12345678\u{1}"))
        #expect(text.json.hasSuffix(#","data":"\u0000\b\t\n\u000b\f\r\u001f12345678\u0001"}"#))
    }

    @Test(arguments: ["application/json", "application/x+json", "text/json", "application/json; charset=utf-8"])
    func jsonStandsAsItIs(type: String) {
        let event = CloudEvent.sample("datacontenttype", type, data: ByteBuffer(string: " {\"a\" : 1} "))
        #expect(event.json.hasSuffix(",\"data\": {\"a\" : 1} }"))
    }

    @Test(arguments: ["", "{", "nul", "{}x", "\u{feff}{}", "{\"a\":01}", "'a'", "\"a"])
    func brokenJSONBecomesBase64(data: String) throws {
        let event = CloudEvent.sample("datacontenttype", "application/json", data: ByteBuffer(string: data))
        #expect(event.json.contains("\"data_base64\":"))
        #expect(try JSONEventFormat.decode(buffer(event.json)) == event)
    }

    @Test func dataWithoutATypeIsJSONWhereItCanBe() {
        #expect(CloudEvent.sample(data: ByteBuffer(string: "[1]")).json.hasSuffix(#","data":[1]}"#))
        #expect(CloudEvent.sample(data: ByteBuffer(string: "x")).json.hasSuffix(#","data_base64":"eA=="}"#))
    }

    @Test func textBecomesAStringAndBytesBecomeBase64() {
        func json(_ type: String, _ data: ByteBuffer) -> String {
            CloudEvent.sample("datacontenttype", type, data: data).json
        }
        #expect(json("text/plain", ByteBuffer(string: "ü")).hasSuffix(#","data":"ü"}"#))
        #expect(json("application/xml", ByteBuffer(string: "<a/>")).hasSuffix(#","data":"<a/>"}"#))
        #expect(json("image/svg+xml", ByteBuffer(string: "<a/>")).hasSuffix(#","data":"<a/>"}"#))
        #expect(json("text/plain", ByteBuffer(bytes: [0xff])).hasSuffix(#","data_base64":"/w=="}"#))
        #expect(json("text/plain; charset=utf-16", ByteBuffer(string: "a")).hasSuffix(#","data_base64":"YQ=="}"#))
        #expect(json("application/octet-stream", ByteBuffer(string: "a")).hasSuffix(#","data_base64":"YQ=="}"#))
        #expect(json("no media type", ByteBuffer(string: "a")).hasSuffix(#","data_base64":"YQ=="}"#))
    }

    @Test func outputIsJSONEvenForAnEventThatIsNotValid() throws {
        var event = CloudEvent(attributes: AttributeList(), data: nil)
        #expect(event.json == "{}")
        event.data = ByteBuffer(string: "1")
        #expect(event.json == #"{"data":1}"#)
        event.attributes.append(name: "n", value: "1}", kind: .integer)
        event.attributes.append(name: "b", value: "maybe", kind: .boolean)
        #expect(event.json == #"{"n":"1}","b":"maybe","data":1}"#)
        var broken = AttributeList()
        [UInt8(ascii: "x")].withUnsafeBytes { name in
            [UInt8(ascii: "a"), 0xff].withUnsafeBytes { broken.append(name: name, value: $0, kind: .string) }
        }
        #expect(CloudEvent(attributes: broken, data: nil).json == "{\"x\":\"a\u{fffd}\"}")
    }

    @Test func encodingAppends() {
        var text = ByteBuffer(string: "before ")
        JSONEventFormat.encode(.sample(), into: &text)
        #expect(text.text == "before " + envelope(""))
    }

    @Test func batchIsAnArray() throws {
        var text = ByteBuffer()
        JSONEventFormat.encodeBatch([], into: &text)
        #expect(text.text == "[]")
        text.clear()
        let events = (0..<3).map { CloudEvent.sample("n", "\($0)", kind: .integer) }
        JSONEventFormat.encodeBatch(events[1...], into: &text)
        #expect(text.text == "[\(envelope("\"n\":1")),\(envelope("\"n\":2"))]")
        #expect(try JSONEventFormat.decodeBatch(text) == Array(events[1...]))
    }
}
