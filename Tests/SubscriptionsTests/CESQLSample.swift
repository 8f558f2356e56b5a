import CloudEvents
import Subscriptions
import Testing

/// An expression, what it comes to, and the kind of its error.
struct CESQLSample: Sendable, CustomTestStringConvertible {
    var expression: String
    var value: CESQLValue
    var error: CESQLEvaluationError.Kind?

    init(_ expression: String, _ value: Bool, _ error: CESQLEvaluationError.Kind? = nil) {
        self.init(expression, .boolean(value), error)
    }

    init(_ expression: String, _ value: Int32, _ error: CESQLEvaluationError.Kind? = nil) {
        self.init(expression, .integer(value), error)
    }

    init(_ expression: String, _ value: String, _ error: CESQLEvaluationError.Kind? = nil) {
        self.init(expression, .string(value), error)
    }

    private init(_ expression: String, _ value: CESQLValue, _ error: CESQLEvaluationError.Kind?) {
        self.expression = expression
        self.value = value
        self.error = error
    }

    var testDescription: String { self.expression }

    /// What the samples are evaluated for: `text`, `number`, `flag` and `empty` are there, `missing` is not.
    static let event = CloudEvent.sample([
        "text": "Grüße, 世界 👋", "number": 42, "negative": -7, "flag": true, "digits": "17", "word": "TRUE", "empty": "",
        "subject": "invoice-2026",
    ])

    func check() throws {
        let result = try CESQLExpression(parsing: self.expression).evaluate(Self.event)
        #expect(result.value == self.value, "\(self.expression)")
        #expect(result.error?.kind == self.error, "\(self.expression)")
    }
}
