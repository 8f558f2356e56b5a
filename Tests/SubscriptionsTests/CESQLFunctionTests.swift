import CloudEvents
import Subscriptions
import Testing

@Suite struct CESQLFunctionTests {
    static let casts: [CESQLSample] = [
        .init("INT('17')", 17), .init("INT('+17')", 17), .init("INT('-0')", 0), .init("INT('1.5')", 0, .cast),
        .init("INT('')", 0, .cast), .init("INT('-')", 0, .cast), .init("INT('2147483648')", 0, .cast),
        .init("INT('-2147483648')", -2_147_483_648), .init("INT(FALSE)", 0),
        .init("INT(missing)", 0, .missingAttribute),
        .init("BOOL('TrUe')", true), .init("BOOL('FALSE')", false), .init("BOOL('1')", false, .cast),
        .init("BOOL('')", false, .cast), .init("BOOL(-3)", true), .init("BOOL(0)", false), .init("STRING(-5)", "-5"),
        .init("STRING(007)", "7"), .init("STRING(TRUE)", "true"), .init("STRING(FALSE)", "false"),
        .init("STRING(missing)", "", .missingAttribute), .init("STRING('x')", "x"), .init("IS_INT('5')", true),
        .init("IS_INT('5a')", false), .init("IS_INT(TRUE)", true), .init("IS_INT(missing)", false, .missingAttribute),
        .init("IS_BOOL('true')", true), .init("IS_BOOL('yes')", false), .init("IS_BOOL(1)", true),
        .init("is_int('5')", true),
    ]

    static let strings: [CESQLSample] = [
        .init("LENGTH('abc')", 3), .init("LENGTH(text)", 11), .init("LENGTH(12345)", 5), .init("LENGTH('')", 0),
        .init("LENGTH('e\u{301}')", 2), .init("LENGTH(missing)", 0, .missingAttribute),
        .init("CONCAT()", ""), .init("CONCAT('a', 1, TRUE)", "a1true"), .init("CONCAT(text, '!')", "Grüße, 世界 👋!"),
        .init("CONCAT('a', missing)", "", .missingAttribute),
        .init("CONCAT(CONCAT('a', 'b'), CONCAT('c', 'd'))", "abcd"),
        .init("CONCAT_WS(',')", ""), .init("CONCAT_WS(',', 'a')", "a"),
        .init("CONCAT_WS(', ', 'a', 'b', 3)", "a, b, 3"),
        .init("CONCAT_WS('', 'a', '')", "a"), .init("CONCAT_WS('-', '', '')", "-"),
        .init("CONCAT_WS(1, 'a', 'b')", "a1b"),
        .init("CONCAT_WS()", false, .missingFunction), .init("LOWER('AÄÖ')", "aäö"), .init("UPPER('aäß')", "AÄSS"),
        .init("UPPER(flag)", "TRUE"), .init("TRIM('  a b\t\n')", "a b"), .init("TRIM('\u{a0}\u{2003}x\u{3000}')", "x"),
        .init("TRIM('   ')", ""), .init("TRIM('\u{0}x\u{0}')", "\u{0}x\u{0}"), .init("TRIM('')", ""),
        .init("LEFT('abc', 2)", "ab"), .init("LEFT('abc', 0)", ""), .init("LEFT('abc', 3)", "abc"),
        .init("LEFT('abc', 9)", "abc"),
        .init("LEFT('abc', -1)", "abc", .functionEvaluation), .init("LEFT(text, 4)", "Grüß"),
        .init("LEFT(12345, '2')", "12"),
        .init("LEFT('abc', 'x')", "", .cast), .init("RIGHT('abc', 2)", "bc"), .init("RIGHT('abc', 0)", ""),
        .init("RIGHT('abc', 9)", "abc"), .init("RIGHT(text, 1)", "👋"),
        .init("RIGHT('abc', -2)", "abc", .functionEvaluation),
        .init("CONCAT(RIGHT('abc', -2), 'x')", "", .functionEvaluation),
        .init("LENGTH(LEFT('abc', -1))", 0, .functionEvaluation),
        .init("(LEFT('abc', -1))", "abc", .functionEvaluation),
    ]

    static let substrings: [CESQLSample] = [
        .init("SUBSTRING('abcdef', 1)", "abcdef"), .init("SUBSTRING('abcdef', 6)", "f"),
        .init("SUBSTRING('abcdef', -2)", "ef"),
        .init("SUBSTRING('abcdef', -6)", "abcdef"), .init("SUBSTRING('abcdef', 0)", ""), .init("SUBSTRING('', 0)", ""),
        .init("SUBSTRING('abcdef', 7)", "", .functionEvaluation),
        .init("SUBSTRING('abcdef', -7)", "", .functionEvaluation),
        .init("SUBSTRING('', 1)", "", .functionEvaluation), .init("SUBSTRING('abcdef', 2, 3)", "bcd"),
        .init("SUBSTRING('abcdef', 2, 0)", ""), .init("SUBSTRING('abcdef', 2, 99)", "bcdef"),
        .init("SUBSTRING('abcdef', 2, 2147483647)", "bcdef"), .init("SUBSTRING('abcdef', -3, 2)", "de"),
        .init("SUBSTRING('abcdef', 0, 2)", ""), .init("SUBSTRING('abcdef', 2, -1)", "", .functionEvaluation),
        .init("SUBSTRING('abcdef', 7, 1)", "", .functionEvaluation), .init("SUBSTRING(text, 8, 3)", "世界 "),
        .init("SUBSTRING(text, -1)", "👋"), .init("SUBSTRING('abc', 'x')", "", .cast),
        .init("SUBSTRING('abc', -2147483648)", "", .functionEvaluation),
    ]

    static let others: [CESQLSample] = [
        .init("ABS(-5)", 5), .init("ABS('5')", 5), .init("ABS(-2147483648)", 2_147_483_647, .math),
        .init("ABS(-2147483648) + 1", 0, .math), .init("ABS('x')", 0, .cast), .init("ABS(negative)", 7),
        .init("abs (1)", 1),
        .init("NOSUCH()", false, .missingFunction), .init("ABS(1, 2)", false, .missingFunction),
        .init("LEFT('a')", false, .missingFunction), .init("NOSUCH(missing)", false, .missingFunction),
        .init("NOSUCH() = 1", false, .missingFunction), .init("1 + NOSUCH()", 0, .missingFunction),
        .init("FALSE AND NOSUCH()", false),
        .init("ABS(1) = 1 AND NOSUCH(1 AND 2, 3 IN (4)) OR TRUE", false, .missingFunction),
    ]

    @Test(arguments: casts + strings + substrings + others)
    func aFunctionGivesItsValueAndItsError(_ sample: CESQLSample) throws {
        try sample.check()
    }

    @Test func stringsThatGrowBeyondTheLimitAreAnErrorNotMemory() throws {
        let event = CloudEvent.sample(["long": String(repeating: "x", count: 60_000)])
        let arguments = Array(repeating: "long", count: 20).joined(separator: ", ")
        let result = try CESQLExpression(parsing: "LENGTH(CONCAT(\(arguments)))").evaluate(event)
        #expect(result == CESQLResult(value: .integer(0), error: CESQLEvaluationError(.generic, subject: "CONCAT")))
    }

    @Test func missingFunctionsAreKnownBeforeEvaluation() throws {
        #expect(try CESQLExpression(parsing: "FOO(1) OR ABS(1,2)").missingFunctions == ["FOO/1", "ABS/2"])
        #expect(try CESQLExpression(parsing: "ABS(1)").missingFunctions.isEmpty)
    }
}
