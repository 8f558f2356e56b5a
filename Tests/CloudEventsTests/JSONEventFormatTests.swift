import CloudEvents
import NIOCore
import Testing

struct JSONEventFormatTests {
    @Test func minimalEventIsRead() throws {
        let event = try decoded("")
        #expect(
            event.attributesByName == [
                "specversion": AttributeSample(value: "1.0"), "id": AttributeSample(value: "1"),
                "source": AttributeSample(value: "/s"), "type": AttributeSample(value: "t"),
            ])
        #expect(event.data == nil)
    }

    @Test func whiteSpaceAroundTokensIsPassedOver() throws {
        let start = "\n\t {\r\n \"specversion\" : \"1.0\" ,\t\"id\" :\"1\", \"source\": \"/s\" , "
        let text = start + "\"type\":\"t\",\"data\" : [ 1 , 2 ]\n} \r\n"
        let event = try JSONEventFormat.decode(buffer(text))
        #expect(event.data?.text == "[ 1 , 2 ]")
        #expect(event.attributes.count == 5)
    }

    @Test func extensionsKeepTheirTypes() throws {
        let event = try decoded(#""s":"5","i":5,"n":-2147483648,"z":-0,"b":true,"c":false"#)
        let attributes = event.attributesByName
        #expect(attributes["s"] == AttributeSample(value: "5"))
        #expect(attributes["i"] == AttributeSample(value: "5", kind: .integer))
        #expect(attributes["n"] == AttributeSample(value: "-2147483648", kind: .integer))
        #expect(attributes["z"] == AttributeSample(value: "0", kind: .integer))
        #expect(attributes["b"] == AttributeSample(value: "true", kind: .boolean))
        #expect(attributes["c"] == AttributeSample(value: "false", kind: .boolean))
    }

    @Test func nullCountsAsAbsent() throws {
        let event = try decoded(#""subject":null,"ext":null,"data_base64":null"#)
        #expect(event.attributes.count == 4)
        #expect(event.data == nil)
        #expect(failure(of: buffer(#"{"specversion":"1.0","id":null,"source":"/s","type":"t"}"#))?.attribute == "id")
    }

    @Test(arguments: [
        "42.42", "1e3", "1.0", "1E0", "2147483648", "-2147483649", "99999999999999999999", "{}", "[]", "{\"a\":1}",
    ])
    func otherValuesOfExtensionsAreRefused(value: String) {
        let fault = failure(ofMembers: "\"ext\":\(value)")
        #expect(fault?.code == .invalidAttributeValue)
        #expect(fault?.attribute == "ext")
    }

    @Test(arguments: ["1", "true", "1.0", "{}", "[\"1\"]"])
    func contextAttributesMustBeStrings(value: String) {
        for name in ["subject", "time", "dataschema", "datacontenttype"] {
            #expect(failure(ofMembers: "\"\(name)\":\(value)")?.code == .invalidAttributeValue)
        }
        let text = #"{"specversion":"1.0","id":\#(value),"source":"/s","type":"t"}"#
        #expect(failure(of: buffer(text))?.attribute == "id")
    }

    @Test func escapesInAttributesAreResolved() throws {
        let event = try decoded(#""ext":"a\"b\\c\/d\u00e9\u20AC\ud83d\uDE00z","\u0073ubject":"\u0041""#)
        #expect(event.attributes["ext"] == "a\"b\\c/dé€😀z")
        #expect(event.subject == "A")
    }

    @Test(arguments: [
        #"\n"#, #"\t"#, #"\b"#, #"\f"#, #"\r"#, #"\u0000"#, #"\u001f"#, #"\u007F"#, #"\u0085"#, #"\ufdd0"#, #"\uffff"#,
        #"\ud83f\udffe"#,
    ])
    func escapedControlsAndNoncharactersAreRefused(escape: String) {
        #expect(failure(ofMembers: "\"ext\":\"a\(escape)b\"")?.code == .invalidAttributeValue)
    }

    @Test(arguments: [
        #"\ud800"#, #"\udc00"#, #"\ud800x"#, #"\ud800\n"#, #"\ud800\u0041"#, #"\udc00\ud800"#, #"\ud800\ud800\udc00"#,
    ])
    func halfOfASurrogatePairIsNoText(escape: String) throws {
        #expect(failure(ofMembers: "\"ext\":\"\(escape)\"")?.code == .malformedJSON)
        #expect(failure(ofMembers: "\"datacontenttype\":\"text/plain\",\"data\":\"\(escape)\"")?.code == .malformedJSON)
        #expect(try decoded("\"data\":\"\(escape)\"").data?.text == "\"\(escape)\"", "JSON data is not looked into")
    }

    @Test(arguments: ["id", "source", "type", "specversion"])
    func requiredAttributesAreMissed(name: String) {
        var members = ["id": "1", "source": "/s", "type": "t", "specversion": "1.0"]
        members[name] = nil
        let without = "{" + members.map { "\"\($0)\":\"\($1)\"" }.joined(separator: ",") + "}"
        #expect(failure(of: buffer(without))?.code == .missingAttribute)
        #expect(failure(of: buffer(without))?.attribute == name)
        members[name] = ""
        let empty = "{" + members.map { "\"\($0)\":\"\($1)\"" }.joined(separator: ",") + "}"
        #expect(failure(of: buffer(empty))?.code == .invalidAttributeValue)
        #expect(failure(of: buffer(empty))?.attribute == name)
    }

    @Test(arguments: [
        #""id":"2""#, #""ext":"1","ext":"1""#, #""ext":null,"ext":"1""#, #""ext":"1","ext":null"#,
        #""ext":null,"ext":null"#,
        #""subject":null,"subject":"x""#, #""data":1,"data":1"#, #""data":null,"data":null"#,
        #""data_base64":"","data_base64":"""#, #""ext":"1","\u0065xt":"2""#, #""subject":"a","sub\u006aect":"b""#,
    ])
    func membersMustNotComeTwice(members: String) {
        #expect(failure(ofMembers: members)?.code == .duplicateAttribute)
    }

    @Test(arguments: [
        #""Ext":1"#, #""a_b":1"#, #""":1"#, #""a-b":null"#, #""ä":"x""#, #""data_":1"#, #""\u0000":1"#, #""ID":"x""#,
    ])
    func membersThatAreNoAttributeNamesAreRefused(members: String) {
        #expect(failure(ofMembers: members)?.code == .invalidAttributeName)
    }

    @Test func errorsTellThePlace() {
        let text = envelope(#""ext":"1","bad_name":"x""#)
        let fault = failure(of: buffer(text))
        let place = text.utf8.count - #""bad_name":"x"}"#.utf8.count
        #expect(fault?.byteOffset == place)
        #expect(fault?.index == nil)
        #expect(fault.map { "\($0)" }?.contains("bad_name: ") == true)
        #expect(fault.map { "\($0)" }?.hasSuffix("(at byte \(place))") == true)
    }

    @Test func limitsHold() throws {
        let members = (0..<10).map { "\"ext\($0)\":\"x\"" }.joined(separator: ",")
        #expect(try decoded(members, limits: CloudEventLimits(attributesMax: 14)).attributes.count == 14)
        #expect(failure(ofMembers: members, limits: CloudEventLimits(attributesMax: 13))?.code == .limitExceeded)
        let limits = CloudEventLimits(attributeNameBytesMax: 11, attributeValueBytesMax: 10)
        #expect(try decoded(#""abcdefghijk":"0123456789""#, limits: limits).attributes.count == 5)
        #expect(failure(ofMembers: #""abcdefghijkl":"x""#, limits: limits)?.code == .limitExceeded)
        #expect(failure(ofMembers: #""x":"0123456789a""#, limits: limits)?.attribute == "x")
        let event = try decoded(#""data":"0123456789""#)
        #expect(throws: Never.self) {
            try decoded(#""data":"0123456789""#, limits: CloudEventLimits(eventBytesMax: event.sizeBytes))
        }
        let small = CloudEventLimits(eventBytesMax: event.sizeBytes - 1)
        #expect(failure(ofMembers: #""data":"0123456789""#, limits: small)?.code == .limitExceeded)
    }

    @Test func absentAttributesDoNotCountTowardsTheLimit() throws {
        let limits = CloudEventLimits(attributesMax: 5)
        for members in [#""ext":"x","a":null,"subject":null"#, #""a":null,"subject":null,"ext":"x""#] {
            #expect(try decoded(members, limits: limits).attributes.count == 5)
        }
    }

    @Test func tenThousandAttributesAreRefusedAtTheLimit() throws {
        let members = (0..<10_000).map { "\"ext\($0)\":\"x\"" }.joined(separator: ",")
        #expect(failure(ofMembers: members)?.code == .limitExceeded)
        let nulls = (0..<10_000).map { "\"ext\($0)\":null" }.joined(separator: ",")
        #expect(failure(ofMembers: nulls)?.code == .limitExceeded)
        #expect(failure(ofMembers: members, limits: .widest)?.code == .limitExceeded, "10,004 with the required ones")
    }

    @Test func unknownVersionsAreRefused() {
        for version in ["0.1", "0.2", "1", "1.1", "2.0", "1.0 "] {
            let text = #"{"specversion":"\#(version)","id":"1","source":"/s","type":"t"}"#
            #expect(failure(of: buffer(text))?.code == .unsupportedSpecVersion)
        }
    }
}
