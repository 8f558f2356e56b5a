import CloudEvents
import NIOCore
import Testing

/// Events of version 0.3 become events of 1.0.
struct SpecVersion03Tests {
    private func old(_ members: String) -> ByteBuffer {
        buffer(#"{"type":"t","id":"1","source":"/s",\#(members.isEmpty ? "" : members + ",")"specversion":"0.3"}"#)
    }

    @Test func schemaURLBecomesDataSchema() throws {
        let event = try JSONEventFormat.decode(self.old(#""schemaurl":"http://a/b","n":1,"data":{}"#))
        try event.validate()
        #expect(event.attributes["dataschema"] == "http://a/b")
        #expect(event.attributes["schemaurl"] == nil)
        #expect(event.attributes["specversion"] == "1.0")
        #expect(event.attributesByName["n"] == AttributeSample(value: "1", kind: .integer))
        #expect(event.dataContentType == "application/json")
        #expect(failure(of: self.old(#""schemaurl":"http://a","dataschema":"http://a""#))?.code == .duplicateAttribute)
        #expect(failure(of: self.old(#""schemaurl":"relative""#))?.attribute == "schemaurl")
        #expect(failure(of: self.old(#""schemaurl":"relative""#))?.byteOffset == 0)
    }

    @Test func encodedDataIsDecoded() throws {
        let event = try JSONEventFormat.decode(
            self.old(#""data":"e30=","datacontenttype":"application/json","datacontentencoding":"Base64""#))
        #expect(event.data?.text == "{}")
        #expect(event.attributes["datacontentencoding"] == nil)
        #expect(try JSONEventFormat.decode(self.old(#""data":null,"datacontentencoding":"base64""#)).data == nil)
        #expect(failure(of: self.old(#""data":"e30","datacontentencoding":"base64""#))?.code == .invalidData)
        #expect(failure(of: self.old(#""data":{},"datacontentencoding":"base64""#))?.code == .invalidData)
        #expect(failure(of: self.old(#""data_base64":"e30=""#))?.code == .invalidData)
        #expect(
            failure(of: self.old(#""data":"x","datacontentencoding":"quoted-printable""#))?.code
                == .invalidAttributeValue)
        #expect(try JSONEventFormat.decode(self.old(#""data":"x","datacontentencoding":"8bit""#)).data?.text == "\"x\"")
    }

    @Test func namesOf03AreExtensionsIn10() throws {
        let event = try decoded(#""schemaurl":"not checked","datacontentencoding":"base64","data":"e30=""#)
        #expect(event.attributes["schemaurl"] == "not checked")
        #expect(event.attributes["datacontentencoding"] == "base64")
        #expect(event.data?.text == "\"e30=\"")
    }

    @Test func binaryModeIsUpgradedToo() throws {
        let headers = [
            ("ce-specversion", "0.3"), ("ce-id", "1"), ("ce-type", "t"), ("ce-source", "/s"), ("ce-schemaurl", "a:b"),
            ("ce-datacontentencoding", "base64"),
        ]
        let event = try HTTPBinding.decodeBinary(
            headers: headers.map { (name: $0.0, value: $0.1) }, contentType: "text/plain",
            body: ByteBuffer(string: "Zm9v"))
        try event.validate()
        #expect(event.data?.text == "foo")
        #expect(event.attributes["dataschema"] == "a:b")
        #expect(throws: CloudEventError.self) {
            try HTTPBinding.decodeBinary(
                headers: headers.map { (name: $0.0, value: $0.1) }, contentType: nil,
                body: ByteBuffer(string: "no base64"))
        }
    }
}
