import CloudEvents
import NIOCore
import Testing

/// What is no JSON (RFC 8259) is refused, wherever it stands.
struct MalformedJSONTests {
    /// Values that no JSON text may hold.
    private static let badValues = [
        "", ",", ":", "}", "]", "{", "[", "\"", "'a'", "a", "nul", "nulll", "Null", "NULL", "tru", "truee", "True",
        "fals",
        "falsee", "undefined", "NaN", "Infinity", "-Infinity", "-", "+1", "01", "-01", "00", "1.", ".5", "-.5", "1.e5",
        "1e",
        "1e+", "1E-", "1e1.5", "0x10", "1_000", "1,5,", "1 2", "--1", "1-", "1e5e5", "١",
        "\"a", "\"a\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\U0041\"", "\"\\'\"", "\"\\\"", "\"a\nb\"",
        "\"a\tb\"",
        "\"a\u{0}b\"", "\"\u{1f}\"", "\"a\" \"b\"", "\"a\"\"b\"", "\"\\ud8\"", "\"\\ \"", "\"\\u 041\"",
        "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1;2]", "[1}", "[[1]", "[1]]", "[\"a\":1]", "[1,,2]", "[:]", "[-]",
        "[tru]",
        "{\"a\"", "{\"a\":", "{\"a\":}", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{\"a\" 1}", "{\"a\":1 \"b\":2}",
        "{a:1}",
        "{'a':1}", "{1:2}", "{\"a\":1]", "{,\"a\":1}", "{\"a\":1,,\"b\":2}", "{\"a\":1:2}", "{\"a\"::1}", "{\"a\"}",
        "{\"a\",\"b\"}", "{null:1}", "{\"a\":1}}", "{\"a\nb\":1}", "{\"\\x\":1}", "{[]:1}", "{\"a\":01}",
        "/* c */ 1", "1 // c", "# c\n1", "\u{feff}1", "\u{a0}1", "\u{b}1", "\u{c}1", "\u{0}", "1\u{0}", "\u{2028}1",
        "[1\u{0}]", "{\"a\"\u{0}:1}",
    ]

    @Test func tableIsLarge() { #expect(Self.badValues.count >= 80) }

    @Test(arguments: Self.badValues) func valueOfDataIsRefused(value: String) {
        #expect(failure(ofMembers: "\"data\":\(value)") != nil)
        #expect(failure(ofMembers: "\"data\":[0,\(value)]") != nil)
        #expect(failure(ofMembers: "\"data\":{\"k\":\(value)}") != nil)
        #expect(failure(ofMembers: "\"ext\":\(value)") != nil)
        #expect(failure(ofMembers: "\"ext\":\(value),\"other\":1") != nil)
        #expect(failure(of: buffer(value)) != nil)
        let event = CloudEvent.sample("datacontenttype", "application/json", data: ByteBuffer(string: value))
        #expect(event.json.contains("\"data_base64\""), "what is no JSON is not written as JSON")
    }

    @Test(arguments: [
        "{", "}", "{}x", "{},", "[]", "null", "1", "\"\"", "{{}}", "{\"id\"}", "{:}", "{,}", "{\"id\":\"1\",}",
        "{\"id\":\"1\" \"type\":\"t\"}", "{\"id\":\"1\"", "{\"id\":\"1", "{\"id", "{\"id\":", "{id:\"1\"}",
        "{\"id\" = \"1\"}",
        "{\"id\":\"1\"]", "({})", "{\"id\":\"1\";\"type\":\"t\"}", "{\"id\\\":\"1\"}", "\u{feff}{}",
    ])
    func envelopeIsRefused(text: String) {
        #expect(failure(of: buffer(text)) != nil)
    }

    @Test(arguments: ["x", "{}", ",", "\u{0}", "]", "}", "null", " \n x", "\u{feff}", "{\"id\":\"2\"}"])
    func whatFollowsTheEventIsRefused(rest: String) {
        let fault = failure(of: buffer(envelope("") + rest))
        #expect(fault?.code == .malformedJSON)
        #expect((fault?.byteOffset ?? 0) >= envelope("").utf8.count)
    }

    @Test func everyTruncationIsRefused() {
        let text = envelope(
            #""subject":"a\u00e9\"üx","n":-12,"b":true,"u":null,"time":"2018-04-05T17:31:00.5Z","#
                + #""data":{"a":[1.5e+3,{"b":"c😀"},[],{}, false ,null],"d":"\ud83d\ude00"}"#)
        let bytes = Array(text.utf8)
        #expect(throws: Never.self) { try JSONEventFormat.decode(buffer(bytes)) }
        for length in 0..<bytes.count {
            let fault = failure(of: buffer(Array(bytes[..<length])))
            #expect(fault?.code == .malformedJSON, "cut at \(length)")
            #expect((fault?.byteOffset ?? -1) <= length)
        }
    }

    @Test func everyTruncationOfABatchIsRefused() {
        let bytes = Array(
            "[\(envelope("\"data\":[1]")), \(envelope("\"datacontenttype\":\"a/b\",\"data\":\"x\""))]".utf8)
        for length in 0..<bytes.count {
            #expect(throws: CloudEventError.self) { try JSONEventFormat.decodeBatch(buffer(Array(bytes[..<length]))) }
        }
    }

    @Test func everyByteReplacedByNULOrAByteOfNoCharacterIsRefused() {
        let bytes = Array(envelope(#""ext":"12345678","data":{"a":["x",1,true]}"#).utf8)
        for place in bytes.indices {
            for replacement: UInt8 in [0x00, 0xff, 0xc0, 0x80, 0x1f] {
                var broken = bytes
                broken[place] = replacement
                #expect(failure(of: buffer(broken)) != nil, "\(replacement) at \(place)")
            }
        }
    }

    private static let badUTF8: [[UInt8]] = [
        [0x80], [0xbf], [0xc0, 0x80], [0xc1, 0xbf], [0xc2], [0xc2, 0x20], [0xe0, 0x9f, 0xbf], [0xe1, 0x80],
        [0xe1, 0x80, 0x20],
        [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], [0xf0, 0x8f, 0xbf, 0xbf], [0xf0, 0x90, 0x80], [0xf4, 0x90, 0x80, 0x80],
        [0xf5, 0x80, 0x80, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xfe], [0xff],
    ]

    @Test(arguments: Self.badUTF8) func bytesThatAreNotUTF8AreRefusedInEveryString(bytes: [UInt8]) {
        for padding in 0..<9 {
            let filler = Array(repeating: UInt8(ascii: "x"), count: padding)
            for (before, after) in [
                ("\"ext\":\"", "\""), ("\"data\":\"", "\""), ("\"data\":{\"", "\":1}"), ("\"data\":[[\"", "\"]]"),
                ("\"", "\":1"),
                ("\"datacontenttype\":\"text/plain\",\"data\":\"", "\""),
            ] {
                let head = Array(envelope("").utf8.dropLast()) + [UInt8(ascii: ",")] + Array(before.utf8) + filler
                let text = head + bytes + filler + Array(after.utf8) + [UInt8(ascii: "}")]
                let fault = failure(of: buffer(text))
                #expect(fault?.code == .malformedJSON)
                #expect(fault?.byteOffset == head.count)
            }
        }
    }
}
