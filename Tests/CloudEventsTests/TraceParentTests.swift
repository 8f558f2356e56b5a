import CloudEvents
import Testing

@Suite struct TraceParentTests {
    private static let trace = "12345678901234567890123456789012"
    private static let parent = "1234567890123456"

    @Test(arguments: [
        ("00-\(trace)-\(parent)-01", "00-\(trace)-\(parent)-01"),
        ("00-\(trace)-\(parent)-00", "00-\(trace)-\(parent)-00"),
        ("00-\(trace)-\(parent)-02", "00-\(trace)-\(parent)-02"),
        ("00-\(trace)-\(parent)-ff", "00-\(trace)-\(parent)-03"),
        ("cc-\(trace)-\(parent)-01", "00-\(trace)-\(parent)-01"),
        ("cc-\(trace)-\(parent)-03", "00-\(trace)-\(parent)-01"),
        ("cc-\(trace)-\(parent)-01-what-the-future-will-be-like", "00-\(trace)-\(parent)-01"),
    ])
    func whatCanBeContinuedIsReadAndWrittenAsVersionZero(text: String, written: String) {
        #expect(TraceParent(text)?.text == written)
    }

    @Test(arguments: [
        "", "00", "00-\(trace)-\(parent)-01.", "00-\(trace)-\(parent)-01-what", "cc-\(trace)-\(parent)-01.what",
        "ff-\(trace)-\(parent)-01", ".0-\(trace)-\(parent)-01", "000-\(trace)-\(parent)-01", "0-\(trace)-\(parent)-01",
        "00-00000000000000000000000000000000-\(parent)-01", "00-.2345678901234567890123456789012-\(parent)-01",
        "00-\(trace)3-\(parent)-01", "00-1234567890123456789012345678901-\(parent)-01",
        "00-\(trace)-0000000000000000-01", "00-\(trace)-.234567890123456-01", "00-\(trace)-12345678901234567-01",
        "00-\(trace)-123456789012345-01", "00-\(trace)-\(parent)-.0", "00-\(trace)-\(parent)-001",
        "00-\(trace)-\(parent)-1", "00-AB34567890AB34567890AB34567890AB-\(parent)-01", "00_\(trace)-\(parent)-01",
        "é-\(trace)-\(parent)-01", "00-\(trace)-\(parent)-01,00-\(trace)-\(parent)-01",
    ])
    func whatBreaksTheGrammarIsNoTrace(text: String) {
        #expect(TraceParent(text) == nil)
    }

    @Test(arguments: [
        "foo=1", "foo=1,bar=2,rojo=1,congo=2,baz=3", " foo=1 ,\tbar=2", "foo=1,,bar=2",
        "a*b/c_d-0= !\"#$%&'()*+-./:;<>?@~",
        "1tenant@system=v", String(repeating: "z", count: 256) + "=1",
        String(repeating: "t", count: 241) + "@" + String(repeating: "v", count: 14) + "=1",
        "foo=" + String(repeating: "v", count: 256), (1...32).map { "bar\($0)=\($0)" }.joined(separator: ","),
    ])
    func statesAreListsOfKeysAndValues(text: String) {
        #expect(TraceState.isValid(text))
    }

    @Test(arguments: [
        "", ",", "foo", "foo=", "=1", "foo =1", "FOO=1", "foo.bar=1", "foo=bar=baz", "foo=1,foo=2", "1foo=1", "foo@=1",
        "@foo=1", "foo@@bar=1", "foo@bar@baz=1", "foo@1bar=1", "föö=1", "foo=ä", "foo=1\n",
        String(repeating: "z", count: 257) + "=1", String(repeating: "t", count: 242) + "@v=1",
        "t@" + String(repeating: "v", count: 15) + "=1", "foo=" + String(repeating: "v", count: 257),
        (1...33).map { "bar\($0)=\($0)" }.joined(separator: ","),
    ])
    func whatIsNoListOfKeysAndValuesIsDropped(text: String) {
        #expect(!TraceState.isValid(text))
    }
}
