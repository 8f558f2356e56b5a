import CloudEvents
import NIOCore
import Testing

/// `data` and `data_base64` of the JSON format (section 3.1), read and written.
struct JSONDataTests {
    @Test(arguments: [
        "null", "true", "0", "-1.5e+10", "\"text\"", #""\u0041\n""#, "{}", "[]", #"{ "a" : [1, {"b":null}] }"#,
        "[[[]]]",
        "\"ü€😀\"",
    ])
    func jsonDataIsTheSliceThatCameIn(value: String) throws {
        for type in ["application/json", "text/json", "application/vnd.x+json; charset=utf-8", "IMAGE/JSON"] {
            for members in [
                "\"datacontenttype\":\"\(type)\",\"data\":\(value)",
                "\"data\":\(value),\"datacontenttype\":\"\(type)\"",
            ] {
                let event = try decoded(members)
                #expect(event.data?.text == value)
                #expect(event.dataContentType == type)
            }
        }
    }

    @Test func dataSharesTheStorageOfTheText() throws {
        let text = buffer(envelope(#""data":{"a":1}"#))
        let event = try JSONEventFormat.decode(text)
        let inside = text.withUnsafeReadableBytes { all in
            event.data?.withUnsafeReadableBytes { data in
                guard let start = data.baseAddress, let whole = all.baseAddress else { return false }
                return start >= whole && start + data.count <= whole + all.count
            }
        }
        #expect(inside == true)
    }

    @Test func impliedContentTypeBecomesExplicit() throws {
        #expect(try decoded(#""data":"I'm just a string""#).dataContentType == "application/json")
        #expect(try decoded(#""data":null"#).dataContentType == "application/json")
        #expect(try decoded(#""data":null"#).data?.text == "null")
        #expect(try decoded(#""datacontenttype":null,"data":1"#).dataContentType == "application/json")
        #expect(try decoded("").dataContentType == nil)
        #expect(try decoded(#""data_base64":"e30=""#).dataContentType == nil)
    }

    @Test func impliedContentTypeIsNotStoppedByTheLimit() throws {
        #expect(try decoded(#""data":1"#, limits: CloudEventLimits(attributesMax: 4)).attributes.count == 5)
    }

    @Test func stringUnderAnotherTypeIsItsText() throws {
        let event = try decoded(#""data":"<much wow=\"xml\"\/>\n\u00fc","datacontenttype":"application/xml""#)
        #expect(event.data?.text == "<much wow=\"xml\"/>\nü")
        #expect(try decoded(#""data":"","datacontenttype":"text/plain""#).data?.readableBytes == 0)
        #expect(try decoded(#""data":"a\u0000b","datacontenttype":"text/plain""#).data?.text == "a\u{0}b")
        #expect(try decoded(#""data":"plain ü","datacontenttype":"text/plain""#).data?.text == "plain ü")
        #expect(try decoded(#""data":null,"datacontenttype":"text/plain""#).data == nil)
    }

    @Test(arguments: ["{}", "1", "true", "[\"x\"]"])
    func otherValuesUnderAnotherTypeAreRefused(value: String) {
        let fault = failure(ofMembers: "\"data\":\(value),\"datacontenttype\":\"text/plain\"")
        #expect(fault?.code == .invalidData)
        #expect(fault?.attribute == "data")
    }

    @Test func textUnderAForeignCharsetMustBeASCII() throws {
        let latin = #""datacontenttype":"text/plain; charset=iso-8859-1""#
        #expect(try decoded(#"\#(latin),"data":"plain""#).data?.text == "plain")
        #expect(failure(ofMembers: #"\#(latin),"data":"ü""#)?.code == .invalidData)
        #expect(
            failure(ofMembers: #""datacontenttype":"text/plain; charset=\"UTF-16\"","data":"a""#)?.code == .invalidData)
    }

    @Test(arguments: [
        ("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob"), ("Zm9vYmE=", "fooba"),
        ("Zm9vYmFy", "foobar"), (#"\u005am9v"#, "foo"), (#"Pz8\/"#, "???"), ("Pj4+", ">>>"),
    ])
    func base64IsDecoded(encoded: String, text: String) throws {
        let event = try decoded("\"data_base64\":\"\(encoded)\"")
        #expect(event.data?.text == text)
        #expect(try decoded("\"datacontenttype\":\"a/b\",\"data_base64\":\"\(encoded)\"").data?.text == text)
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "Zg===", "Zm9", "Zm9v=", "Zm9v====", "====", "=", "Z===", "Zm=v", "Zh==", "Zm9=", "Zm 9v",
        " Zm9v",
        #"Zm9v\n"#, "Zm9_", "Zm9-", "Zm9ü", "Zg==Zg==", "Zm9vZ",
    ])
    func whatIsNotExactBase64IsRefused(encoded: String) {
        let fault = failure(ofMembers: "\"data_base64\":\"\(encoded)\"")
        #expect(fault?.code == .invalidData)
        #expect(fault?.attribute == "data_base64")
    }

    @Test(arguments: ["1", "{}", "[]", "true"])
    func base64MustBeAString(value: String) {
        #expect(failure(ofMembers: "\"data_base64\":\(value)")?.code == .invalidData)
    }

    @Test func bothFormsOfDataAreRefused() throws {
        #expect(failure(ofMembers: #""data":1,"data_base64":"e30=""#)?.code == .invalidData)
        #expect(failure(ofMembers: #""data_base64":"e30=","data":null"#)?.code == .invalidData)
        #expect(try decoded(#""data_base64":null,"data":1"#).data?.text == "1")
    }

    @Test func everyByteSurvivesBase64() throws {
        for length in 0..<70 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ length) }
            let event = CloudEvent.sample("datacontenttype", "application/octet-stream", data: ByteBuffer(bytes: bytes))
            let back = try JSONEventFormat.decode(buffer(event.json))
            #expect(back == event)
        }
    }

    @Test func nestingIsLimitedAndNeverRecursive() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(try decoded("\"data\":\(nested(512))").data?.readableBytes == 1_024)
        #expect(failure(ofMembers: "\"data\":\(nested(513))")?.code == .limitExceeded)
        #expect(failure(ofMembers: "\"data\":\(nested(10_000))")?.code == .limitExceeded)
        #expect(failure(ofMembers: "\"data\":" + String(repeating: "[", count: 10_000))?.code == .limitExceeded)
        #expect(failure(of: buffer(String(repeating: "{\"a\":", count: 10_000)))?.code == .invalidAttributeValue)
        let wide = CloudEventLimits(jsonNestingMax: 100_000)
        #expect(try decoded("\"data\":\(nested(100_000))", limits: wide).data?.readableBytes == 200_000)
    }

    /// What comes in by a mode that does not look into the data goes out in one that does, and comes back.
    @Test(arguments: [64, 65, 512, 513, 10_000]) func anyDepthSurvivesEveryFormat(depth: Int) throws {
        let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let event = CloudEvent.sample("datacontenttype", "application/json", data: ByteBuffer(string: text))
        #expect(try JSONEventFormat.decode(buffer(event.json)) == event)
    }

    @Test func nestingRemembersWhatIsOpenAtEveryDepth() throws {
        let wide = CloudEventLimits(jsonNestingMax: 1_000)
        for depth in [1, 2, 63, 64, 65, 127, 128, 129, 200] {
            let isObject = (0..<depth).map { ($0 &* 7 + $0 / 3) % 5 < 2 }
            let opening = isObject.map { $0 ? "{\"k\":" : "[1," }.joined()
            let closing = isObject.reversed().map { $0 ? "}" : "]" }
            #expect(try decoded("\"data\":\(opening)0\(closing.joined())", limits: wide).data != nil)
            for place in stride(from: 0, to: depth, by: 9) {
                var wrong = closing
                wrong[place] = wrong[place] == "}" ? "]" : "}"
                let text = "\"data\":\(opening)0\(wrong.joined())"
                #expect(failure(ofMembers: text, limits: wide)?.code == .malformedJSON)
            }
        }
    }
}
