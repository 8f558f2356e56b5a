import CloudEvents
import Testing

struct JSONPointerTests {
    @Test(arguments: [
        ([], ""), (["a"], "/a"), (["filters", "0", "sql"], "/filters/0/sql"), ([""], "/"), (["a/b~c"], "/a~1b~0c"),
        (["~1"], "/~01"), (["", ""], "//"), (["~\u{301}/\u{301}é"], "/~0\u{301}~1\u{301}é"),
    ])
    func tokensBecomeAPointerAndComeBack(tokens: [String], pointer: String) {
        #expect(JSONPointer.text(of: tokens) == pointer)
        #expect(JSONPointer.tokens(of: pointer) == tokens)
    }
}
