import CloudEvents
import NIOCore
import Testing

struct JSONPathsTests {
    private func values(_ text: String, _ pointers: [String], nestingMax: Int = 8) throws -> [String?] {
        try ByteBuffer(string: text).withUnsafeReadableBytes { bytes in
            try JSONPaths(pointers).values(in: bytes, nestingMax: nestingMax)
        }
    }

    @Test func valuesAreFoundWhereverTheyLie() throws {
        let text = #" {"a":{"b":"x\u00e9\n","c":[10,{"d":-1.5e3}]},"t":true,"n":null,"o":{"p":1},"a~/":"e"} "#
        let pointers = ["/a/b", "/a/c/0", "/a/c/1/d", "/t", "/n", "/o", "/o/p", "/a~0~1", "/missing/x", "/a/b/z"]
        let found = try self.values(text, pointers)
        #expect(found == ["xé\n", "10", "-1.5e3", "true", nil, nil, "1", "e", nil, nil])
    }

    @Test func eachOfManyPlacesIsFoundOnce() throws {
        let names = (0..<2_000).map { "\($0 * 7_919 % 2_000)" }
        let object = "{" + names.map { "\"\($0)\":\"m\($0)\"" }.joined(separator: ",") + "}"
        let array = "[" + (0..<2_000).map { "\"e\($0)\"" }.joined(separator: ",") + "]"
        let text = #"{"o":\#(object),"a":\#(array),"\u0062":1}"#
        let pointers = names.flatMap { ["/a/\($0)", "/o/\($0)"] } + ["/b"]
        #expect(try self.values(text, pointers) == names.flatMap { ["e\($0)", "m\($0)"] } + ["1"])
    }

    @Test func theSamePlaceMayBeAskedForOnceOnly() throws {
        #expect(try self.values(#"{"a":1,"a":2}"#, ["/a"]) == ["2"])
        #expect(try self.values(#"{"\u0061":1}"#, ["/a"]) == ["1"])
    }

    @Test(arguments: ["", "{", #"{"a":}"#, #"{"a":1}x"#, #"{"a":[1,]}"#, #"{"a":"\x"}"#, #"{"b":{]}"#])
    func whatIsNoJSONIsRefused(_ text: String) {
        #expect(throws: CloudEventError.self) { try self.values(text, ["/a/0", "/b/c"]) }
    }

    @Test func nestingIsBounded() throws {
        let deep = String(repeating: "[", count: 9) + String(repeating: "]", count: 9)
        #expect(throws: CloudEventError.self) { try self.values(deep, ["/0/0"]) }
        #expect(try self.values(deep, ["/0/0"], nestingMax: 9) == [nil])
        #expect(throws: CloudEventError.self) { try self.values(deep, []) }
    }

    @Test func aHalfOfASurrogatePairIsNoValue() throws {
        #expect(try self.values(#"{"a":"\ud800","b":1}"#, ["/a", "/b"]) == [nil, "1"])
    }

    @Test func aBatchIsTakenApart() throws {
        let text = ByteBuffer(string: #"{"x":[ {"n":1}, 2 ],"y":"no","z":[],"w":["a"]}"#)
        let entries = try JSONBatches.entries(of: text, entriesMax: 3, nestingMax: 8)
        #expect(entries.map(\.name) == ["x", "x", "w"])
        #expect(entries.map { String(buffer: $0.text) } == [#"{"n":1}"#, "2", #""a""#])
        #expect(throws: CloudEventError.self) { try JSONBatches.entries(of: text, entriesMax: 2, nestingMax: 8) }
        #expect(throws: CloudEventError.self) {
            try JSONBatches.entries(of: ByteBuffer(string: "[1]"), entriesMax: 2, nestingMax: 8)
        }
    }
}
