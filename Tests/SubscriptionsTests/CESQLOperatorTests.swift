import CloudEvents
import Subscriptions
import Testing

@Suite struct CESQLOperatorTests {
    static let logic: [CESQLSample] = [
        .init("TRUE AND TRUE", true), .init("TRUE AND FALSE", false), .init("FALSE AND TRUE", false),
        .init("FALSE OR TRUE", true), .init("FALSE OR FALSE", false), .init("TRUE XOR TRUE", false),
        .init("FALSE XOR FALSE", false), .init("TRUE XOR FALSE", true),
        // Short circuit: the right operand is not evaluated, so that its error does not come up.
        .init("FALSE AND 1 / 0 = 1", false), .init("TRUE OR 1 / 0 = 1", true), .init("FALSE AND missing", false),
        .init("TRUE OR missing", true), .init("TRUE AND missing", false, .missingAttribute),
        .init("FALSE OR missing", false, .missingAttribute), .init("missing OR TRUE", false, .missingAttribute),
        .init("missing AND FALSE", false, .missingAttribute), .init("TRUE XOR missing", false, .missingAttribute),
        // Left to right, and no precedence between them.
        .init("TRUE OR TRUE AND FALSE", false), .init("FALSE AND TRUE OR TRUE", true),
        .init("TRUE XOR TRUE OR TRUE", true), .init("TRUE OR FALSE XOR TRUE", false),
        .init("TRUE OR (TRUE AND FALSE)", true),
        // Operands are cast to Boolean.
        .init("'true' AND 1", true), .init("0 OR 'FALSE'", false), .init("'yes' AND TRUE", false, .cast),
        .init("TRUE AND 'yes'", false, .cast), .init("FALSE AND 'yes'", false), .init("3 XOR TRUE", false),
        .init("NOT 0", true), .init("NOT 5", false), .init("NOT 'no'", false, .cast),
        .init("NOT missing", false, .missingAttribute),
        .init("NOT NOT TRUE", true), .init("flag", true), .init("word AND flag", true),
    ]

    static let arithmetic: [CESQLSample] = [
        .init("7 + 5", 12), .init("7 - 5", 2), .init("7 * 5", 35), .init("7 / 2", 3), .init("-7 / 2", -3),
        .init("7 / -2", -3), .init("7 % 3", 1), .init("-7 % 3", -1), .init("7 % -3", 1), .init("2 + 3 * 4", 14),
        .init("(2 + 3) * 4", 20), .init("10 - 4 - 3", 3), .init("100 / 10 / 5", 2), .init("5-3", 2), .init("5--3", 8),
        .init("5 - -3", 8), .init("5+3", 8), .init("5++3", 8), .init("number-2", 40), .init("2*-3", -6),
        .init("-number", -42), .init("--number", 42), .init("-'10'", -10), .init("-TRUE", -1), .init("+5", 5),
        .init("1 / 0", 0, .math), .init("1 % 0", 0, .math), .init("(1 / 0)", 0, .math), .init("2 * (1 / 0)", 0, .math),
        .init("2147483647 + 1", 0, .math), .init("-2147483648 - 1", 0, .math), .init("65536 * 65536", 0, .math),
        .init("-2147483648 / -1", 0, .math), .init("-2147483648 % -1", 0), .init("-(-2147483648)", 0, .math),
        .init("'5' + TRUE", 6), .init("'a' + 1", 0, .cast), .init("1 + 'a'", 0, .cast), .init("'' + 1", 0, .cast),
        .init("missing + 1", 0, .missingAttribute), .init("1 / missing", 0, .missingAttribute),
        .init("digits * 2", 34), .init("number % 5", 2), .init("'+3' + '-1'", 2), .init("' 3' + 1", 0, .cast),
        .init("'2147483648' + 0", 0, .cast), .init("'-2147483648' + 0", -2_147_483_648), .init("'007' + 0", 7),
    ]

    static let comparison: [CESQLSample] = [
        .init("1 < 2", true), .init("2 < 2", false), .init("2 <= 2", true), .init("3 > 2", true),
        .init("2 >= 3", false),
        .init("'10' > 9", true), .init("TRUE > FALSE", true), .init("'a' < 1", false, .cast),
        .init("1 < 'a'", false, .cast),
        .init("missing < 1", false, .missingAttribute), .init("1 + 1 = 2", true), .init("1 < 2 = TRUE", true),
        .init("'abc' = 'abc'", true), .init("'abc' = 'ABC'", false), .init("'abc' != 'ABC'", true),
        .init("'abc' <> 'abc'", false), .init("''=\"\"", true), .init("digits = 17", true),
        .init("digits = '17'", true),
        .init("17 = digits", true), .init("number = 42", true), .init("number = '42'", true),
        .init("'042' = number", true),
        .init("number = '042'", false), .init("flag = 'true'", true), .init("flag = 'TRUE'", false),
        .init("'TRUE' = flag", true), .init("word = TRUE", true), .init("TRUE = 1", true), .init("2 = TRUE", true),
        .init("TRUE = 2", false), .init("'abc' = 5", false, .cast), .init("'abc' != 5", false, .cast),
        .init("5 = 'abc'", false), .init("5 != 'abc'", true), .init("'abc' = TRUE", false, .cast),
        .init("TRUE = \"true\" AND FALSE = \"false\"", true), .init("TRUE = \"TRUE\" OR FALSE = \"FALSE\"", false),
        .init("missing = ''", false, .missingAttribute), .init("missing != ''", false, .missingAttribute),
        .init("TRUE AND (missing = \"\")", false, .missingAttribute),
        .init("NOT (missing = '')", false, .missingAttribute),
    ]

    static let membership: [CESQLSample] = [
        .init("1 IN (1)", true), .init("1 IN (2, 3)", false), .init("1 NOT IN (2, 3)", true),
        .init("1 NOT IN (1, 3)", false),
        .init("1 IN ('1', '2')", true), .init("'1' IN (1, 2)", true), .init("'01' IN (1, 2)", false),
        .init("TRUE IN ('TRUE')", true), .init("'TRUE' IN (TRUE)", false), .init("TRUE IN (1)", true),
        .init("2 IN (TRUE)", false), .init("1 IN ('a', 1)", false, .cast), .init("1 IN (1, 'a')", true),
        .init("missing IN ('a')", false, .missingAttribute), .init("missing NOT IN ('a')", false, .missingAttribute),
        .init("'a' IN (missing, 'a')", false, .missingAttribute), .init("'a' IN ('a', missing)", true),
        .init("type IN ('com.example.order.created', 'x')", true), .init("number IN (40 + 2)", true),
        .init("NOT 1 IN (0)", true), .init("2 * 3 IN (3)", 2), .init("'b' in ('a', 'b') and true", true),
    ]

    static let existence: [CESQLSample] = [
        .init("EXISTS subject", true), .init("EXISTS missing", false), .init("NOT EXISTS missing", true),
        .init("EXISTS empty", true), .init("EXISTS id AND EXISTS source AND EXISTS type AND EXISTS specversion", true),
        .init("EXISTS missing OR EXISTS flag", true), .init("exists FLAG", true), .init("EXISTS missing = FALSE", true),
    ]

    @Test(arguments: logic + arithmetic + comparison + membership + existence)
    func anOperatorGivesItsValueAndItsError(_ sample: CESQLSample) throws {
        try sample.check()
    }

    @Test func anEventWithoutRequiredAttributesStillHasThem() throws {
        let event = CloudEvent(attributes: AttributeList(), data: nil)
        #expect(try CESQLExpression(parsing: "EXISTS id").evaluate(event).value == .boolean(true))
        #expect(try CESQLExpression(parsing: "id").evaluate(event).error?.kind == .missingAttribute)
    }

    @Test func anErrorNamesWhatIsAtFault() throws {
        let event = CESQLSample.event
        func error(_ text: String) throws -> String? {
            try CESQLExpression(parsing: text).evaluate(event).error?.description
        }
        #expect(try error("firstname = 'x'") == "missingAttribute firstname")
        #expect(try error("FOO(1, 2)") == "missingFunction FOO/2")
        #expect(try error("1 / 0") == "math /")
        #expect(try error("INT('x')") == "cast INT")
        #expect(try error("LEFT('x', -1)") == "functionEvaluation LEFT")
        #expect(try error("'x' < 1") == "cast <")
    }
}
