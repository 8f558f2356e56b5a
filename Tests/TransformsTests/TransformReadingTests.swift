import CloudEvents
import NIOCore
import Testing

@testable import Transforms

/// What is a transform, and what is none.
struct TransformReadingTests {
    @Test(arguments: [
        ("{}", ""), ("[]", ""), ("[" + Array(repeating: #"{"data":1}"#, count: 17).joined(separator: ",") + "]", ""),
        ("[1]", "/0"), ("[{}]", "/0"), (#"[{"pick":["/a"],"data":1}]"#, "/0"), (#"[{"drop":["/a"]}]"#, "/0/drop"),
        (#"[{"pick":[]}]"#, "/0/pick"), (#"[{"pick":"/a"}]"#, "/0/pick"), (#"[{"pick":["a"]}]"#, "/0/pick/0"),
        (#"[{"pick":["/a",1]}]"#, "/0/pick/1"), (#"[{"pick":["/a~2"]}]"#, "/0/pick/0"),
        (#"[{"rename":{}}]"#, "/0/rename"), (#"[{"rename":{"/a":1}}]"#, "/0/rename/~1a"),
        (#"[{"rename":{"/a":"/a/b"}}]"#, "/0/rename/~1a"), (#"[{"rename":{"a":"/b"}}]"#, "/0/rename/a"),
        (#"[{"data":{"x":["{"]}}]"#, "/0/data/x/0"), (#"[{"data":"{header:x}"}]"#, "/0/data"),
        (#"[{"data":"{hash}"}]"#, "/0/data"), (#"[{"attributes":{}}]"#, "/0/attributes"),
        (#"[{"attributes":{"id":"x"}}]"#, "/0/attributes/id"), (#"[{"attributes":{"X":"x"}}]"#, "/0/attributes/X"),
        (#"[{"attributes":{"tenantid":"x"}}]"#, "/0/attributes/tenantid"),
        (#"[{"attributes":{"correlationid":null}}]"#, "/0/attributes/correlationid"),
        (#"[{"attributes":{"type":null}}]"#, "/0/attributes/type"), (#"[{"attributes":{"x":1}}]"#, "/0/attributes/x"),
        (#"[{"attributes":{"x":[]}}]"#, "/0/attributes/x"), (#"[{"attributes":{"x":[""]}}]"#, "/0/attributes/x/0"),
    ])
    func whatIsNoneIsRefusedWithItsPlace(_ json: String, _ pointer: String) throws {
        let fault = #expect(throws: TransformFault.self) { try EventTransform(text: json) }
        #expect(fault?.pointer == pointer)
        #expect(fault?.detail.isEmpty == false)
    }

    @Test func templatesAreBounded() throws {
        let wide = "[" + Array(repeating: "1", count: 1_000).joined(separator: ",") + "]"
        let deep = String(repeating: "[", count: 18) + String(repeating: "]", count: 18)
        for data in [wide, deep] {
            #expect(throws: TransformFault.self) { try EventTransform(text: #"[{"data":\#(data)}]"#) }
        }
    }

    /// Of a webhook's templates and an event's each has its own places.
    @Test func aTemplateOfARequestHasNoAttributes() {
        #expect(throws: AttributeTemplate.Fault.self) { try AttributeTemplate("{attribute:id}") }
        #expect(throws: AttributeTemplate.Fault.self) { try AttributeTemplate("{form:id}", of: .event) }
    }

    @Test func itsTextIsBounded() throws {
        func text(_ bytes: Int) -> String { #"[{"data":1}]"# + String(repeating: " ", count: bytes - 12) }
        _ = try EventTransform(text: text(EventTransform.bytesMax))
        let fault = #expect(throws: TransformFault.self) { try EventTransform(text: text(EventTransform.bytesMax + 1)) }
        #expect(fault?.description == "the transform has 65537 bytes; at most 65536 are allowed")
        #expect(throws: TransformFault.self) { try EventTransform(text: #"[{"data":1}"#) }
    }

    @Test func aTreeIsWrittenAsItWasRead() throws {
        let json = #"{"b":12345678901234567890,"a":[1,-2.50,true,null,"x\n"],"c":{}}"#
        let tree = try JSONTree(ByteBuffer(string: json))
        var buffer = ByteBuffer()
        #expect(tree.write(into: &buffer, bytesMax: 1_000))
        #expect(String(buffer: buffer) == json)
        var short = ByteBuffer()
        #expect(!tree.write(into: &short, bytesMax: 10))
    }
}
