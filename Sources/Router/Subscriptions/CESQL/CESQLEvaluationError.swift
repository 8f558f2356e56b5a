/// Why an evaluation went wrong (CESQL 1.0, section 3.3).
public struct CESQLEvaluationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of the specification; the raw values are the names its conformance suite uses.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The text is no expression; the evaluator itself never gives this, see ``CESQLParseError``.
        case parse
        /// Division by zero, or a result that no 32-bit integer holds.
        case math
        /// A value cannot be cast to the type that is asked for.
        case cast
        /// The event does not have the attribute.
        case missingAttribute
        /// There is no function of this name and number of arguments.
        case missingFunction
        /// A function cannot do what its arguments ask for.
        case functionEvaluation
        /// Anything else; here: a limit of ``CESQLExpression`` was met.
        case generic
    }

    /// Which of the specification's errors it is.
    public var kind: Kind
    /// What is at fault, short: the attribute, function or operator.
    public var subject: String

    public init(_ kind: Kind, subject: String) {
        self.kind = kind
        self.subject = subject
    }

    /// `missingAttribute firstname`
    public var description: String {
        self.subject.isEmpty ? self.kind.rawValue : "\(self.kind.rawValue) \(self.subject)"
    }
}
