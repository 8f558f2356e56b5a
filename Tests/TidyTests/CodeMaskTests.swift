import Testing

struct CodeMaskTests {
    private func mask(_ text: String) -> String {
        String(decoding: CodeMask.masked(Array(text.utf8)), as: UTF8.self)
    }

    @Test func codeStaysAsItIs() {
        let code = "func a() -> [Int] { [1, 2].map { $0 / 2 } }\n"
        #expect(self.mask(code) == code)
    }

    @Test func lineCommentsAreBlankedUpToTheLineBreak() {
        #expect(self.mask("a // } b\nc") == "a       \nc")
    }

    @Test func blockCommentsNestAndKeepTheirLines() {
        #expect(self.mask("a/* { /* { */ \n } */b") == "a             \n     b")
    }

    @Test func stringsKeepTheirQuotesOnly() {
        #expect(self.mask(#"x = "{ // }" + y"#) == #"x = "      " + y"#)
    }

    @Test func anEscapedQuoteDoesNotEndAString() {
        #expect(self.mask(#""a\"b" {"#) == #""    " {"#)
    }

    @Test func interpolationsBelongToTheirString() {
        #expect(self.mask(#""\(f("}", { ")" }))" }"#) == #""                  " }"#)
    }

    @Test func rawStringsEndAtTheirHashes() {
        #expect(self.mask(##"#"a"b\("#{"##) == ##"#"     "#{"##)
    }

    @Test func multilineStringsMayHoldQuotes() {
        #expect(self.mask("\"\"\"\n \"{\" \\(a)\n\"\"\" }") == "\"\"\"\n         \n\"\"\" }")
    }

    @Test func theLengthNeverChanges() {
        for text in ["\"", "\"\"\"", "/*", "//", "#\"", "\"\\(", "\"\\", "#", "é\"ü\"ñ"] {
            #expect(CodeMask.masked(Array(text.utf8)).count == text.utf8.count, "\(text)")
        }
    }
}
