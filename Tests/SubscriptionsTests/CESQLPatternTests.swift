import CloudEvents
import Subscriptions
import Testing

@Suite struct CESQLPatternTests {
    static let samples: [CESQLSample] = [
        .init("'abc' LIKE 'abc'", true), .init("'abc' LIKE 'ab'", false), .init("'abc' LIKE 'ABC'", false),
        .init("'abc' LIKE '%'", true), .init("'' LIKE '%'", true), .init("'' LIKE ''", true),
        .init("'a' LIKE ''", false),
        .init("'' LIKE '_'", false), .init("'abc' LIKE 'a%'", true), .init("'abc' LIKE '%c'", true),
        .init("'abc' LIKE '%b%'", true), .init("'abc' LIKE '%d%'", false), .init("'abc' LIKE 'a%c'", true),
        .init("'ac' LIKE 'a%c'", true), .init("'abc' LIKE 'a_c'", true), .init("'ac' LIKE 'a_c'", false),
        .init("'abc' LIKE '___'", true), .init("'abcd' LIKE '___'", false), .init("'abc' LIKE '%%%'", true),
        .init("'abc' LIKE '_%_'", true), .init("'a' LIKE '_%_'", false), .init("'aXbXc' LIKE '%X_'", true),
        .init("'mississippi' LIKE 'm%iss%ip%i'", true), .init("'mississippi' LIKE 'm%iss%iss%iss%'", false),
        .init("'über' LIKE '_ber'", true), .init("'👋a' LIKE '_a'", true), .init("text LIKE '%世_ _'", true),
        .init("'100%' LIKE '100\\%'", true), .init("'1000' LIKE '100\\%'", false), .init("'a_b' LIKE 'a\\_b'", true),
        .init("'%' LIKE '\\%'", true), .init("'\\%' LIKE '\\\\%'", true), .init("'\\a' LIKE '\\a'", true),
        .init("'a%c' LIKE 'a\\%%'", true), .init("'abc' NOT LIKE 'a%'", false), .init("'abc' NOT LIKE 'b%'", true),
        .init("missing LIKE 'a'", false, .missingAttribute), .init("missing NOT LIKE 'a'", false, .missingAttribute),
        .init("number LIKE '4_'", true), .init("12 LIKE '1%'", true), .init("TRUE LIKE 'true'", true),
        .init("type LIKE 'com.example.%'", true), .init("type like '%.created' and true", true),
        .init("'a' LIKE 'a' = TRUE", true), .init("NOT TRUE LIKE 'false'", true), .init("'x*y' LIKE 'x*y'", true),
    ]

    @Test(arguments: samples)
    func aPatternMatchesWhatItDescribes(_ sample: CESQLSample) throws {
        try sample.check()
    }

    /// A pattern whose cost is the product of its length and the text's: it is given up, not worked off.
    @Test(arguments: ["LIKE '%PATTERNb%x'", "LIKE '%PATTERNb%'", "NOT LIKE '%_PATTERNb'"])
    func aPatternThatNeverEndsIsGivenUp(_ template: String) throws {
        let event = CloudEvent.sample(["long": String(repeating: "a", count: 60_000)])
        let pattern = template.split(separator: "PATTERN").joined(separator: String(repeating: "a", count: 20_000))
        let expression = try CESQLExpression(parsing: "long \(pattern)")
        let error = CESQLEvaluationError(.generic, subject: "LIKE")
        #expect(expression.evaluate(event) == CESQLResult(value: .boolean(false), error: error))
        #expect(!expression.isTrue(for: event))
    }

    @Test func repeatedWorkOnLongValuesIsGivenUpToo() throws {
        let event = CloudEvent.sample(["long": String(repeating: "a", count: 60_000)])
        for term in ["long != long", "LENGTH(long) = 1", "TRIM(long) = 'x'", "LEFT(long, 1) = 'x'"] {
            let expression = try CESQLExpression(
                parsing: Array(repeating: term, count: 2_000).joined(separator: " OR "))
            #expect(expression.evaluate(event).error?.kind == .generic, "\(term)")
        }
    }

    /// The reference: recursion over scalars, as the text of the specification reads.
    private static func matches(_ text: ArraySlice<Unicode.Scalar>, _ pattern: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        let rest = pattern.dropFirst()
        switch first {
        case "%": return (0...text.count).contains { Self.matches(text.dropFirst($0), rest) }
        case "_": return !text.isEmpty && Self.matches(text.dropFirst(), rest)
        case "\\" where rest.first == "%" || rest.first == "_":
            return text.first == rest.first && Self.matches(text.dropFirst(), rest.dropFirst())
        default: return text.first == first && Self.matches(text.dropFirst(), rest)
        }
    }

    @Test func randomPatternsAgreeWithTheRecursiveReference() throws {
        let (seed, iterations) = SeededGenerator.settings(iterations: 3_000)
        var generator = SeededGenerator(seed: seed)
        for iteration in 0..<iterations {
            let text = (0..<Int.random(in: 0...7, using: &generator)).map { _ in
                generator.pick(["a", "b", "ü", "👋", "%", "_"] as [Unicode.Scalar])
            }
            let pattern = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                generator.pick(["a", "b", "ü", "%", "%", "_", "\\"] as [Unicode.Scalar])
            }
            if pattern.last == "\\" { continue }
            let literal = pattern.map { String($0) }.joined()
            let event = CloudEvent.sample(["value": text.map { String($0) }.joined()])
            let result = try CESQLExpression(parsing: "value LIKE '\(literal)'").evaluate(event)
            #expect(
                result == CESQLResult(value: .boolean(Self.matches(text[...], pattern[...]))),
                "seed \(seed), iteration \(iteration): \(event.attributes["value"] ?? "") LIKE \(literal)")
        }
    }
}
