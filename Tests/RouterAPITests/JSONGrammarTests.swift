import Testing

@testable import RouterAPI

struct JSONGrammarTests {
    private static func fault(_ text: String) -> JSONGrammar.Fault? { self.fault(Array(text.utf8)) }

    private static func fault(_ bytes: [UInt8]) -> JSONGrammar.Fault? {
        bytes.withUnsafeBytes { bytes in
            do throws(JSONGrammar.Fault) {
                try JSONGrammar.check(bytes)
                return nil
            } catch {
                return error
            }
        }
    }

    @Test(arguments: [
        "{}", "[]", " [ ] ", "null", "true", "false", "0", "-0", "10", "1.5", "-1.25e+10", "1E5", "2e-3", "\"\"",
        #""\"\\\/\b\f\n\r\tሴ\uD834\udd1e""#, #"{"a":{"b":[1,{"c":null}]},"d":"e"}"#, "\t\r\n{\"a\" :\n1 }\n",
        "[[[[]]]]", "\"häß 🎈\"", #"{"a":{"x":1},"b":{"x":2}}"#,
    ])
    func jsonIsAccepted(text: String) { #expect(Self.fault(text) == nil) }

    @Test(arguments: [
        ("", 0), (" ", 1), ("{", 1), ("[", 1), ("{]", 1), ("[}", 1), ("{\"a\"", 4), ("{\"a\":", 5), ("{\"a\":1", 6),
        ("{\"a\":1,", 7), ("{\"a\":1,}", 7), ("[1,]", 3), ("[1 2]", 3), ("{\"a\" 1}", 5), ("{a:1}", 1), ("{'a':1}", 1),
        ("nul", 0), ("nulll", 4), ("True", 0), ("01", 1), ("1.", 2), (".5", 0), ("-", 1), ("+1", 0), ("1e", 2),
        ("1e+", 3), ("\"", 1), ("\"a\nb\"", 2), ("\"\\x\"", 1), ("\"\\u12g4\"", 1), ("\"\\u12\"", 1), ("[1]]", 3),
        ("{} x", 3), ("NaN", 0), ("// c\n{}", 0), ("{\"a\":1,\"a\":2}", 7), ("\u{FEFF}{}", 0),
    ])
    func whatIsNoJSONIsPlaced(text: String, offset: Int) throws {
        let fault = try #require(Self.fault(text))
        #expect(fault.byteOffset == offset)
        #expect(!fault.reason.isEmpty)
    }

    @Test func aPlaceIsCountedInLinesAndColumns() throws {
        let fault = try #require(Self.fault("{\n  \"a\": 1,\n  \"b\": }\n"))
        #expect(fault.line == 3)
        #expect(fault.column == 8)
    }

    @Test func whatIsNotUTF8IsRefused() {
        #expect(Self.fault([0x22, 0xFF, 0x22]) != nil)
        #expect(Self.fault([0x22, 0xED, 0xA0, 0x80, 0x22]) != nil)
        #expect(Self.fault([0x7B, 0, 0x7D, 0]) != nil)
    }

    @Test func nestingIsBoundedWithoutRecursion() throws {
        let deepest =
            String(repeating: "[", count: JSONGrammar.depthMax) + String(repeating: "]", count: JSONGrammar.depthMax)
        #expect(Self.fault(deepest) == nil)
        let fault = try #require(Self.fault(String(repeating: "{\"a\":[", count: 1_000_000)))
        #expect(fault.reason.contains("nested deeper"))
    }
}
