import Testing

@testable import JSONSchema

struct SchemaPatternTests {
    @Test(
        arguments: [
            ("a*", "bbb", true), ("^a*$", "aab", false), ("^(foo|bar)+$", "foobar", true),
            ("^(foo|bar)+$", "fooba", false),
            ("[0-9]{2,}", "a1b2", false), ("[0-9]{2,}", "a12b", true), ("^[0-9]{2,3}$", "1234", false),
            ("^[^a-c]$", "b", false), ("^[^a-c]$", "d", true), ("^\\d\\D\\w\\W\\s\\S$", "1aa- a", true),
            ("^[\\d-]+$", "1-2", true), ("^\\p{Lu}\\P{Lu}$", "Äb", true), ("^\\p{Script_}$", "a", nil as Bool?),
            ("\\bfoo\\b", "a foo b", true), ("\\bfoo\\b", "afoob", false), ("^\\u{1F600}$", "😀", true),
            ("^\\ud83d\\ude00$", "😀", true), ("^.$", "\n", false), ("^.$", "😀", true), ("^$", "", true),
            ("[]", "a", false),
            ("^[^]$", "\n", true), ("\\cA", "\u{1}", true), ("^(?:a|b)??c$", "c", true), ("^a{0}$", "", true),
            ("^a{2,2}$", "aa", true), ("(?<year>\\d{4})", "in 2026", true), ("^[\\b]$", "\u{8}", true),
            ("a|", "b", true), ("^a|b$", "xb", true), ("x{0,3}y", "xxxxy", true), ("^x{0,3}y", "xxxxy", false),
        ] as [(String, String, Bool?)])
    func aPatternMatchesAsECMA262Says(_ pattern: String, _ text: String, _ matches: Bool?) {
        #expect((try? SchemaPattern(pattern))?.matches(text) == matches)
    }

    @Test(arguments: [
        "(", ")", "a)", "[", "[a", "a{", "a{,2}", "a{2,1}", "{1}", "*a", "a**", "\\", "\\a", "\\-", "(?P<n>a)", "(?#c)",
        "(?i)a", "\\u12", "\\u{110000}", "\\x1", "\\ud800", "\\p{Nothing}", "\\pL", "[b-a]", "[\\d-z]",
        "(?<a>x)(?<a>y)",
        "(?<1>x)", "\\k<a>", "\\2(a)", "}", "]", "^*", "\\01", "\\c1",
    ])
    func whatIsNoExpressionIsRefused(_ pattern: String) {
        #expect(throws: SchemaPattern.Fault.self) { try SchemaPattern(pattern) }
        #expect(!SchemaPattern.isExpression(pattern))
    }

    @Test(arguments: ["(?=a)", "(?!a)b", "(?<=a+)b", "(?<!a)b", "(a)\\1", "(?<n>a)\\k<n>"])
    func whatCannotBeMatchedInLinearTimeIsAnExpressionAndIsNotTaken(_ pattern: String) {
        #expect(SchemaPattern.isExpression(pattern))
        let fault = #expect(throws: SchemaPattern.Fault.self) { try SchemaPattern(pattern) }
        #expect(fault?.reason.contains("linear time") == true)
    }

    /// A matcher that tries one way after another needs some two to the power of 5,000 steps here.
    @Test(arguments: ["^(a+)+$", "^(a|a)*$", "^(a*)*b$", "(x+x+)+y", "^(([a-z])+.)+[A-Z]([a-z])+$"])
    func noPatternTakesMoreThanLinearTime(_ pattern: String) throws {
        let text = String(repeating: "a", count: 5_000) + "!"
        #expect(try !SchemaPattern(pattern).matches(text))
    }

    @Test(arguments: ["(a{1000}){1000}", "((((((){100000}){100000}){100000}){100000}){100000}){100000}a{50000}"])
    func whatGrowsTooLargeWhenWrittenOutIsRefused(_ pattern: String) {
        #expect(throws: SchemaPattern.Fault.self) { try SchemaPattern(pattern) }
    }

    @Test func nothingRepeatedIsNothing() throws {
        #expect(try SchemaPattern("^(){100000}(){0,100000}(|){3}$").matches(""))
    }
}
