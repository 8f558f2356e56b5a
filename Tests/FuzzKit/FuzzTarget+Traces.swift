import CloudEvents
import NIOCore
import Traces

extension FuzzTarget {
    static func traceHeaders(_ bytes: [UInt8]) -> Outcome {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
        let parent = lines[0].withUnsafeBytes { TraceParent($0) }
        let state = lines.count > 1 ? Array(lines[1]) : []
        let isState = state.withUnsafeBytes { TraceState.isValid($0) }
        if isState, let fault = self.fault(ofState: state) { return .violated(fault) }
        guard let parent else { return .refused }
        guard parent.traceID != 0, parent.parentID != 0, parent.flags & ~0b11 == 0 else {
            return .violated("a trace that is none")
        }
        guard TraceParent(parent.text) == parent, parent.text.utf8.count == 55 else {
            return .violated("\(parent.text) is read as another trace")
        }
        // What went in says the same trace and span, whatever its version.
        guard lines[0].dropFirst(3).prefix(49).elementsEqual(parent.text.utf8.dropFirst(3).prefix(49)) else {
            return .violated("another trace than it says")
        }
        return state.isEmpty || isState ? .accepted : .refused
    }

    /// Members split by the book, and not as the reader under test does.
    private static func fault(ofState state: [UInt8]) -> String? {
        let members = String(decoding: state, as: UTF8.self).split(separator: ",")
            .map { $0.drop { $0 == " " || $0 == "\t" } }.filter { !$0.isEmpty }
        let keys = members.map { $0.prefix { $0 != "=" } }
        guard (1...32).contains(members.count) else { return "\(members.count) members" }
        guard Set(keys).count == keys.count else { return "a key twice" }
        guard keys.allSatisfy({ (1...256).contains($0.utf8.count) }) else { return "a key of no length" }
        guard members.allSatisfy({ $0.contains("=") }) else { return "a member without value" }
        return state.count <= TraceState.bytesMax ? nil : "too long"
    }

    static func exportAnswer(_ bytes: [UInt8]) -> Outcome {
        let buffer = ByteBuffer(bytes: bytes)
        let counts = [ExportAnswer.rejectedSpans(json: buffer), ExportAnswer.rejectedSpans(protobuf: buffer)]
        guard counts.allSatisfy({ $0 >= 0 }) else { return .violated("fewer than none") }
        return counts.contains { $0 > 0 } ? .accepted : .refused
    }

    private static let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    static let traces = [
        trace, trace + "\na=1", trace + "\nfoo=1,bar=2, t@v=3",
        "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-later\nvendor=opaque value",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00\n"
            + (1...32).map { "k\($0)=v" }.joined(separator: ","),
    ]

    static let traceWords = [
        "-", "00", "ff", "01", "cc", "0000000000000000", "\n", ",", "=", "@", " ", "\t", "a=1", "A", "é", "k=v,k=v",
    ]

    static let answers = [
        #"{"partialSuccess":{"rejectedSpans":"7","errorMessage":"no"}}"#, #"{"partialSuccess":{"rejectedSpans":12}}"#,
        "\n\u{2}\u{8}\u{7}", "\n\u{5}\u{12}\u{1}x\u{8}\u{7}", "\u{12}\u{1}x\n\u{2}\u{8}\u{7}",
    ]
}
