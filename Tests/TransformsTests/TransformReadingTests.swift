import CloudEvents
import Foundation
import NIOCore
import Testing
import Transforms

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
        let tree = try JSONTree(ByteBuffer(string: json))
        let fault = #expect(throws: TransformFault.self) { try EventTransform(tree) }
        #expect(fault?.pointer == pointer)
        #expect(fault?.detail.isEmpty == false)
    }

    @Test func templatesAreBounded() throws {
        let wide = "[" + Array(repeating: "1", count: 1_000).joined(separator: ",") + "]"
        let deep = String(repeating: "[", count: 18) + String(repeating: "]", count: 18)
        for data in [wide, deep] {
            let tree = try JSONTree(ByteBuffer(string: #"[{"data":\#(data)}]"#))
            #expect(throws: TransformFault.self) { try EventTransform(tree) }
        }
    }

    /// Of a webhook's templates and an event's each has its own places.
    @Test func aTemplateOfARequestHasNoAttributes() {
        #expect(throws: AttributeTemplate.Fault.self) { try AttributeTemplate("{attribute:id}") }
        #expect(throws: AttributeTemplate.Fault.self) { try AttributeTemplate("{form:id}", of: .event) }
    }

    @Test func aTreeGoesThroughDocumentsUnchanged() throws {
        let json = #"{"a":[1,-2.5,true,null,"x\n"],"b":{}}"#
        let tree = try JSONTree(ByteBuffer(string: json))
        let encoded = try JSONEncoder().encode(tree)
        #expect(try JSONDecoder().decode(JSONTree.self, from: encoded) == tree)
        var buffer = ByteBuffer()
        #expect(tree.write(into: &buffer, bytesMax: 1_000))
        #expect(String(buffer: buffer) == json)
        var short = ByteBuffer()
        #expect(!tree.write(into: &short, bytesMax: 10))
    }
}
