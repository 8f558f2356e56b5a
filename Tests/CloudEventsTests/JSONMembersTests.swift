import CloudEvents
import NIOCore
import Testing

/// Members taken out of a text as they are.
struct JSONMembersTests {
    private static func text(_ path: [String], _ json: String, nestingMax: Int = 8) throws -> String? {
        try JSONMembers.text(at: path, in: ByteBuffer(string: json), nestingMax: nestingMax).map { String(buffer: $0) }
    }

    @Test func aMemberIsFoundByTheNamesThatLeadToIt() throws {
        let json = #" {"b": 1, "a" : {"c":[ 1.50, {} ] , "\u0064": "x"}, "e": {"c": 2}} "#
        #expect(try Self.text(["a", "c"], json) == "[ 1.50, {} ]")
        #expect(try Self.text(["a", "d"], json) == #""x""#)
        #expect(try Self.text(["e", "c"], json) == "2")
        #expect(try Self.text(["b"], json) == "1")
        #expect(try Self.text(["a", "f"], json) == nil)
        #expect(try Self.text(["f", "c"], json) == nil)
        // What is no object has no members; only the whole must be one.
        #expect(try Self.text(["b", "c"], json) == nil)
        #expect(try Self.text(["a", "c", "0"], json) == nil)
        #expect(throws: CloudEventError.self) { try Self.text(["a"], "[]") }
        #expect(throws: CloudEventError.self) { try Self.text(["a", "b"], #"{"a":{"b":[[1]]}}"#, nestingMax: 3) }
        #expect(try Self.text(["a", "b"], #"{"a":{"b":[[1]]}}"#, nestingMax: 4) == "[[1]]")
    }

    @Test func aRangeCountsFromTheFirstReadableByte() throws {
        var buffer = ByteBuffer(string: #"xx{"a":{"b":12}}"#)
        buffer.moveReaderIndex(forwardBy: 2)
        #expect(try JSONMembers.range(at: ["a", "b"], in: buffer, nestingMax: 8) == 10..<12)
        #expect(try JSONMembers.text(at: ["a", "b"], in: buffer, nestingMax: 8) == ByteBuffer(string: "12"))
    }
}
