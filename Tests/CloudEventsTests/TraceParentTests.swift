import CloudEvents
import Testing

struct TraceParentTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let parent = "b7ad6b7169203331"

    @Test(arguments: [
        ("00-\(trace)-\(parent)-01", true), ("00-\(trace)-\(parent)-ff", true), ("cc-\(trace)-\(parent)-01", true),
        ("cc-\(trace)-\(parent)-01-more", true), ("cc-\(trace)-\(parent)-01.more", false),
        ("00-\(trace)-\(parent)-01-more", false), ("ff-\(trace)-\(parent)-01", false),
        ("00-\(trace.uppercased())-\(parent)-01", false), ("00-\(trace)-0000000000000000-01", false),
        ("00-00000000000000000000000000000000-\(parent)-01", false), ("00_\(trace)-\(parent)-01", false),
        ("00-\(trace)-\(parent)-0", false), ("00-\(trace)-\(parent)-", false), ("0-\(trace)-\(parent)-01", false),
        ("00-\(trace)-\(parent)-0g", false), ("é-\(trace)-\(parent)-01", false),
    ])
    func traceParentFollowsItsGrammar(text: String, isValid: Bool) {
        #expect(Array(text.utf8).withUnsafeBytes { TraceParent.isValid($0) } == isValid)
    }
}
