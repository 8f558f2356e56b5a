import CloudEvents
import Subscriptions
import Testing

@Suite struct CESQLParserTests {
    /// A text that is no expression, where its fault is, and a word of what is said about it.
    static let faults: [(text: String, offset: Int, word: String)] = [
        ("", 0, "too soon"), ("   ", 3, "too soon"), ("ABS(", 4, "too soon"), ("(1", 2, ")"), ("1)", 1, "')'"),
        ("()", 1, "')'"), ("1 2", 2, "'2'"), ("1 +", 3, "too soon"), ("+ 1", 0, "plus"), ("+x", 0, "plus"),
        ("* 1", 0, "'*'"), ("a AND", 5, "too soon"), ("AND a", 0, "'AND'"), ("a AND OR b", 6, "'OR'"),
        ("a NOT b", 6, "LIKE or IN"), ("a NOT", 5, "too soon"), ("NOT", 3, "too soon"),
        ("a LIKE b", 7, "pattern in quotes"),
        ("a LIKE 1", 7, "pattern in quotes"), ("a LIKE", 6, "too soon"), ("a IN", 4, "too soon"), ("a IN 1", 5, "set"),
        ("a IN ()", 6, "')'"), ("a IN (1", 7, "close the set"), ("a IN (1,)", 8, "')'"), ("EXISTS", 6, "attribute"),
        ("EXISTS 'a'", 7, "attribute"), ("EXISTS (a)", 7, "attribute"), ("EXISTS a_b", 7, "name of an attribute"),
        ("a_b = 1", 0, "name of an attribute"), ("f1(2)", 0, "name of a function"), ("_f(2)", 0, "name of a function"),
        ("ABS(1,)", 6, "')'"), ("ABS(,1)", 4, "','"), ("ABS(1", 5, "close the arguments"), ("'abc", 0, "does not end"),
        ("x = \"abc", 4, "does not end"), ("'ab\\'", 0, "does not end"), ("'a''b'", 3, "quote inside"),
        ("a = 'x' 'y'", 8, "unexpected"), ("a == 1", 3, "'='"), ("a ! b", 2, "!="), ("a && b", 2, "'&'"),
        ("a # b", 2, "'#'"),
        ("2147483648", 0, "32 bits"), ("-2147483649", 0, "32 bits"), ("- 2147483648", 2, "32 bits"),
        ("1 = 99999999999", 4, "32 bits"), ("in = 1", 0, "'in'"), ("a = LIKE", 4, "'LIKE'"), ("größe = 1", 2, "'ö'"),
        ("'äöü' = 'x' ?", 12, "'?'"), ("1.5 = 2", 1, "'.'"), ("a.b = 1", 1, "'.'"), ("data->>'x'", 5, "'>'"),
        ("; drop", 0, "';'"),
    ]

    @Test(arguments: faults)
    func aFaultIsNamedAtItsPlaceWithItsMend(_ fault: (text: String, offset: Int, word: String)) throws {
        let error = #expect(throws: CESQLParseError.self) { try CESQLExpression(parsing: fault.text) }
        #expect(error?.characterOffset == fault.offset, "\(fault.text): \(String(describing: error))")
        #expect(error?.description.contains(fault.word) == true, "\(fault.text): \(String(describing: error))")
        #expect(error?.mend.isEmpty == false)
    }

    static let literals: [CESQLSample] = [
        .init("'it\\'s'", "it's"), .init("\"say \\\"x\\\"\"", "say \"x\""), .init("'say \"x\"'", "say \"x\""),
        .init("\"it's\"", "it's"), .init("'a\\\"b'", "a\\\"b"), .init("'a\\nb'", "a\\nb"), .init("'a\\\\'", "a\\\\"),
        .init("'line\nbreak'", "line\nbreak"), .init("'世界'", "世界"), .init("''", ""),
        .init("-2147483648", -2_147_483_648),
        .init("2147483647", 2_147_483_647), .init("  \t\r\n 5 \n", 5), .init("tRuE", true), .init("FALSE", false),
        .init("((((5))))", 5), .init("TEXT = text", true), .init("aBs(-1)", 1), .init("-5", -5), .init("1\n+\n2", 3),
    ]

    @Test(arguments: literals)
    func literalsAreReadAsTheGrammarHasThem(_ sample: CESQLSample) throws {
        try sample.check()
    }

    @Test(arguments: [
        ("(", ")", "1"), ("NOT ", "", "TRUE"), ("- ", "", "x"), ("ABS(", ")", "1"), ("1 IN (", ")", "1"),
        ("TRUE AND (", ")", "TRUE"),
    ])
    func nestingIsLimitedAndNeverExhaustsTheStack(_ opening: String, _ closing: String, _ core: String) throws {
        func nested(_ depth: Int) -> String {
            String(repeating: opening, count: depth) + core + String(repeating: closing, count: depth)
        }
        _ = try CESQLExpression(parsing: nested(60))
        for depth in [129, 5_000] {
            let error = #expect(throws: CESQLParseError.self) { try CESQLExpression(parsing: nested(depth)) }
            #expect(error?.reason == "the expression nests deeper than 128")
        }
        let error = #expect(throws: CESQLParseError.self) { try CESQLExpression(parsing: nested(10_000)) }
        #expect(error?.reason == "the expression nests deeper than 128" || error?.reason.contains("bytes") == true)
        #expect(throws: CESQLParseError.self) { try CESQLExpression(parsing: String(repeating: opening, count: 5_000)) }
    }

    @Test func tenThousandParenthesesAreACleanError() throws {
        let text = String(repeating: "(", count: 10_000) + "1" + String(repeating: ")", count: 10_000)
        let error = #expect(throws: CESQLParseError.self) { try CESQLExpression(parsing: text) }
        #expect(error?.characterOffset == 128)
    }

    @Test func longChainsDoNotNest() throws {
        let chain = (0..<4_000).map { "a = '\($0)'" }.joined(separator: " OR ")
        let expression = try CESQLExpression(parsing: chain)
        #expect(expression.evaluate(.sample(["a": "3999"])).value == .boolean(true))
        #expect(expression.evaluate(.sample(["a": "4000"])).value == .boolean(false))
        let sum = (0..<10_000).map { _ in "1" }.joined(separator: "+")
        #expect(try CESQLExpression(parsing: sum).evaluate(.sample()).value == .integer(10_000))
    }

    @Test func theTextIsLimited() throws {
        let text = "'" + String(repeating: "x", count: CESQLExpression.textBytesMax - 2) + "'"
        _ = try CESQLExpression(parsing: text)
        let error = #expect(throws: CESQLParseError.self) { try CESQLExpression(parsing: text + " ") }
        #expect(error?.mend == "at most 65536 are allowed")
    }

    /// Mutations of good expressions: whatever comes out, parsing and evaluating end, with a result or a clean error
    /// inside the text, and twice the same.
    @Test func mutatedExpressionsNeverCrash() throws {
        let (seed, iterations) = SeededGenerator.settings(iterations: 4_000)
        var generator = SeededGenerator(seed: seed)
        let corpus =
            (CESQLOperatorTests.logic + CESQLOperatorTests.arithmetic + CESQLOperatorTests.membership
            + CESQLFunctionTests.strings + CESQLFunctionTests.others + CESQLPatternTests.samples).map(\.expression)
        let pieces = [
            "(", ")", "'", "\"", "\\", ",", " AND ", " OR ", " NOT ", " LIKE '%'", " IN (", "EXISTS ", "-", "+", "*",
            "/", "%", "=",
            "<", ">", "!", "0", "2147483648", "true", "a", "_", "ü", "👋", "\u{0}", "\n", "CONCAT(", "LEFT(text,",
            "missing",
        ]
        for iteration in 0..<iterations {
            var text = Array(generator.pick(corpus))
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: 0...text.count, using: &generator)
                switch generator.next() % 4 {
                case 0: text.insert(contentsOf: generator.pick(pieces), at: place)
                case 1 where place < text.count: text.remove(at: place)
                case 2: text.insert(contentsOf: Array(generator.pick(corpus)), at: place)
                default: text = Array(text.prefix(place)) + Array(generator.pick(corpus).suffix(5))
                }
            }
            let expression = String(text.prefix(2_000))
            do throws(CESQLParseError) {
                let parsed = try CESQLExpression(parsing: expression)
                let result = parsed.evaluate(CESQLSample.event)
                #expect(result == parsed.evaluate(CESQLSample.event), "seed \(seed), iteration \(iteration)")
                #expect(parsed.isTrue(for: CESQLSample.event) == (result == CESQLResult(value: .boolean(true))))
            } catch {
                #expect((0...expression.count).contains(error.characterOffset), "seed \(seed), iteration \(iteration)")
                #expect(!error.reason.isEmpty && !error.mend.isEmpty)
            }
        }
    }
}
