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

    @Test func configurationSaysWhatIsOutOfBounds() {
        #expect(ServingConfiguration().faults.isEmpty)
        var configuration = ServingConfiguration()
        configuration.port = 70_000
        configuration.inFlightBytesMax = 10
        configuration.idleTimeout = .zero
        configuration.defaultTenant = "not a tenant"
        #expect(
            configuration.faults == [
                "port must be 0 to 65535", "inFlightBytesMax must be at least bodyBytesMax",
                "defaultTenant must be 1 to 64 of the characters A-Z a-z 0-9 . _ ~ -",
                "idleTimeout must be at least 1 ms",
            ])
    }
}
