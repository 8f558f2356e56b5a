import CloudEvents
import NIOCore
import Testing

struct HTTPBindingTests {
    private typealias Header = (name: String, value: String)

    private let required: [(name: String, value: String)] = [
        ("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/s"), ("ce-type", "t"),
    ]

    private func decode(
        _ headers: [(name: String, value: String)], contentType: String? = nil, body: ByteBuffer? = nil
    ) throws(CloudEventError) -> CloudEvent {
        try HTTPBinding.decodeBinary(headers: self.required + headers, contentType: contentType, body: body)
    }

    private func fault(_ headers: [(name: String, value: String)], contentType: String? = nil) -> CloudEventError? {
        do throws(CloudEventError) {
            _ = try self.decode(headers, contentType: contentType)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        arguments: [
            (nil, .binary), ("", .binary), ("application/json", .binary), ("text/plain", .binary),
            ("nonsense", .binary),
            ("application/cloudevents+json", .structured), ("application/cloudevents+json; charset=utf-8", .structured),
            ("Application/CloudEvents+JSON;Charset=\"UTF-8\"", .structured),
            ("application/cloudevents+json ; a=b ; charset=us-ascii", .structured),
            ("application/cloudevents+json; charset = utf-8", .structured),
            (" \tapplication/cloudevents+json ", .structured),
            ("application/cloudevents-batch+json", .batched),
            ("APPLICATION/CLOUDEVENTS-BATCH+JSON; charset=UTF-8", .batched),
            ("text/cloudevents+json", .binary), ("xapplication/cloudevents+json", .binary),
            ("application/json; a=", .binary),
        ] as [(String?, HTTPContentMode)])
    func contentTypeTellsTheMode(contentType: String?, mode: HTTPContentMode) throws {
        #expect(try HTTPBinding.mode(ofContentType: contentType) == mode)
    }

    @Test(arguments: [
        "application/cloudevents+xml", "application/cloudevents", "application/cloudevents+avro",
        "application/cloudevents-batch", "application/cloudevents-batch+xml",
        "application/cloudevents+json; charset=utf-16",
        "application/cloudevents-batch+json; charset=iso-8859-1", "application/cloudevents+jsonx",
        "application/cloudevents+json; charset", "application/cloudevents+json;;=", "application/cloudevents+json x",
    ])
    func otherFormatsAreNotSupported(contentType: String) {
        #expect {
            try HTTPBinding.mode(ofContentType: contentType)
        } throws: {
            ($0 as? CloudEventError)?.code == .unsupportedMediaType
        }
    }

    @Test func headersBecomeAttributes() throws {
        let event = try self.decode(
            [
                ("CE-Subject", "x"), ("Ce-MyExt", "5"), ("Host", "a"), ("X-ce-no", "1"), ("ce", "1"),
                ("content-length", "2"),
            ],
            contentType: "Application/JSON; charset=utf-8", body: ByteBuffer(string: "{}"))
        #expect(
            event.attributesByName == [
                "specversion": AttributeSample(value: "1.0"), "id": AttributeSample(value: "1"),
                "source": AttributeSample(value: "/s"), "type": AttributeSample(value: "t"),
                "subject": AttributeSample(value: "x"), "myext": AttributeSample(value: "5"),
                "datacontenttype": AttributeSample(value: "Application/JSON; charset=utf-8"),
            ])
        #expect(event.data?.text == "{}")
    }

    @Test func emptyBodyIsNoDataOnlyWithoutAType() throws {
        #expect(try self.decode([], body: ByteBuffer()).data == nil)
        #expect(try self.decode([], body: nil).data == nil)
        #expect(try self.decode([], contentType: "text/plain", body: ByteBuffer()).data == ByteBuffer())
        #expect(try self.decode([], contentType: "text/plain", body: nil).data == nil)
        #expect(try self.decode([], body: ByteBuffer(string: "x")).dataContentType == nil)
    }

    @Test(arguments: [
        ("plain", "plain"), ("a%20b", "a b"), ("%61", "a"), ("%25", "%"), ("%2525", "%25"), ("%E2%82%AC", "€"),
        ("%e2%82%ac", "€"), ("Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro € 😀"), ("with space", "with space"),
        ("  trimmed\t", "trimmed"), ("%20kept%20", " kept "), ("\"quoted\"", "quoted"),
        ("\"a \\\"b\\\" \\\\ c\"", "a \"b\" \\ c"),
        ("\"a%20b\"", "a b"), ("\"\\%\\4\\1\"", "A"), ("a\"b c\"d", "ab cd"), ("%22x%22", "\"x\""),
        ("back\\slash", "back\\slash"),
        ("(no comment)", "(no comment)"), ("Grüße €", "Grüße €"), ("%EF%BF%BD", "\u{fffd}"), ("a+b", "a+b"),
        ("\"\"", ""),
    ])
    func valueIsUnquotedThenPercentDecodedOnce(value: String, text: String) throws {
        #expect(try self.decode([("ce-ext", value)]).attributes["ext"] == text)
    }

    @Test(arguments: [
        "%", "%2", "%2g", "%g2", "100%", "% 20", "%C0%A0", "%FF", "%ED%A0%80", "%E2%82", "%00", "%0A",
        "%7F", "%C2%85",
        "\"open", "open\"", "\"a\\\"", "\"\\", "\u{fffd}", "a\u{1}b", "%EF%BF%BF",
    ])
    func valueThatCannotBeDecodedIsRefused(value: String) {
        let fault = self.fault([("ce-ext", value)])
        #expect(fault?.code == .invalidAttributeValue)
        #expect(fault?.attribute == "ext")
    }

    /// Nothing forbids an extension to be an empty string, and percent-encoding leaves an empty string empty.
    @Test(arguments: ["", " ", "\t", "\"\"", " \"\" "]) func emptyHeaderIsAnEmptyExtension(value: String) throws {
        #expect(try self.decode([("ce-ext", value)]).attributes["ext"] == "")
        for name in ["subject", "time", "dataschema"] {
            #expect(self.fault([("ce-\(name)", value)])?.code == .invalidAttributeValue)
            #expect(self.fault([("ce-\(name)", value)])?.attribute == name)
        }
        for name in ["ce-specversion", "ce-id", "ce-source", "ce-type"] {
            let headers = self.required.map { $0.0 == name ? (name: $0.0, value: value) : $0 }
            #expect {
                try HTTPBinding.decodeBinary(headers: headers, contentType: nil, body: nil)
            } throws: {
                "ce-" + (($0 as? CloudEventError)?.attribute ?? "") == name
            }
        }
    }

    @Test(arguments: [
        "ce-", "ce-a_b", "ce-a-b", "ce-data", "ce-ä", "ce-a.b", "ce-datacontenttype", "Ce-DataContentType", "ce-%61",
    ])
    func nameThatIsNoAttributeIsRefused(name: String) {
        #expect(self.fault([(name, "x")])?.code == .invalidAttributeName)
    }

    @Test func headerThatComesTwiceIsRefused() {
        #expect(self.fault([("ce-ID", "1")])?.code == .duplicateAttribute)
        #expect(self.fault([("ce-ID", "1")])?.attribute == "id")
        #expect(self.fault([("ce-ext", "1"), ("CE-EXT", "2")])?.attribute == "ext")
    }

    @Test(arguments: ["ce-specversion", "ce-id", "ce-source", "ce-type"])
    func requiredHeaderIsMissed(name: String) {
        let headers = self.required.filter { $0.name != name }
        #expect {
            try HTTPBinding.decodeBinary(headers: headers, contentType: nil, body: nil)
        } throws: {
            let fault = $0 as? CloudEventError
            return fault?.code == .missingAttribute && "ce-" + (fault?.attribute ?? "") == name
        }
    }

    @Test func valuesAreCheckedLikeThoseOfAnyEvent() {
        #expect(self.fault([("ce-time", "now")])?.attribute == "time")
        #expect(self.fault([("ce-dataschema", "relative")])?.attribute == "dataschema")
        #expect(self.fault([], contentType: "nonsense")?.attribute == "datacontenttype")
        #expect(self.fault([], contentType: "")?.attribute == "datacontenttype")
        #expect(self.fault([("ce-long", String(repeating: "x", count: 65_537))])?.code == .limitExceeded)
        #expect(self.fault((0..<100).map { ("ce-ext\($0)", "x") })?.code == .limitExceeded)
    }

    @Test func encodingWritesHeadersInOrderAndReturnsTheBody() {
        var event = CloudEvent.sample("datacontenttype", "text/plain; charset=utf-8", data: ByteBuffer(string: "body"))
        event.attributes.append(name: "subject", value: "a \"b\" 100% é😀")
        event.attributes.append(name: "alongextensionname", value: "7", kind: .integer)
        event.attributes.append(name: "empty", value: "")
        var headers: [String] = []
        let body = HTTPBinding.encodeBinary(event) { headers.append("\($0): \($1)") }
        #expect(
            headers == [
                "ce-specversion: 1.0", "ce-id: 1", "ce-source: /s", "ce-type: t",
                "content-type: text/plain; charset=utf-8",
                "ce-subject: a%20%22b%22%20100%25%20%C3%A9%F0%9F%98%80", "ce-alongextensionname: 7", "ce-empty: ",
            ])
        #expect(body?.text == "body")
    }

    @Test func everyPrintableCharacterIsWrittenAsTheSpecificationAsks() throws {
        let characters = (0x20...0x7e).map { Character(Unicode.Scalar(UInt8($0))) }
        var event = CloudEvent.sample("ext", String(characters))
        event.attributes.set("subject", to: "plain~!")
        var value = ""
        _ = HTTPBinding.encodeBinary(event) { name, header in if name == "ce-ext" { value = header } }
        let expected = characters.map { [" ": "%20", "\"": "%22", "%": "%25"][$0] ?? String($0) }.joined()
        #expect(value == expected)
        #expect(try self.decode([("ce-ext", value)]).attributes["ext"] == String(characters))
    }

    @Test func eventWhoseDataIsAnEventIsSentStructured() throws {
        let inner = ByteBuffer(string: envelope(""))
        let event = CloudEvent.sample("datacontenttype", "application/cloudevents+json", data: inner)
        var headers: [String: String] = [:]
        let body = try #require(HTTPBinding.encodeBinary(event) { headers[$0] = $1 })
        #expect(headers.count == 1)
        #expect(try HTTPBinding.mode(ofContentType: headers["content-type"]) == .structured)
        #expect(try JSONEventFormat.decode(body) == event)
    }
}
