import HTTPServing
import NIOCore
import Testing

@Suite struct ProblemDetailsTests {
    @Test func documentHasAllThatIsKnownInOrder() {
        let problem = ProblemDetails(
            .invalidEvent, detail: "a \"quoted\" word", instance: "urn:uuid:1",
            errors: [.init(pointer: "/0/id", detail: "is empty"), .init(pointer: "/1", detail: "tab\there")], index: 0,
            members: [.init("code", .string("missing-attribute")), .init("byteOffset", .integer(17))])
        #expect(
            String(buffer: problem.json)
                == #"{"type":"urn:portarium:problem:invalid-event","title":"The event is not valid","status":400,"#
                + #""detail":"a \"quoted\" word","instance":"urn:uuid:1","#
                + #""errors":[{"pointer":"/0/id","detail":"is empty"},{"pointer":"/1","detail":"tab\there"}],"#
                + #""index":0,"code":"missing-attribute","byteOffset":17}"#)
    }

    @Test(arguments: [
        ("", #""""#), ("plain", #""plain""#), ("\"\\/", #""\"\\/""#), ("\n\r\t\u{8}\u{c}", #""\n\r\t\u0008\u000c""#),
        ("\u{0}\u{1f}", #""\u0000\u001f""#), ("é漢😀\u{7f}", "\"é漢😀\u{7f}\""),
    ])
    func stringsAreEscapedAsJSONAsks(text: String, json: String) {
        var buffer = ByteBuffer()
        buffer.writeJSONString(text)
        #expect(String(buffer: buffer) == json)
    }
}
