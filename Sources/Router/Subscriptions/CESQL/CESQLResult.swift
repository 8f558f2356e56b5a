/// The outcome of one evaluation.
///
/// Errors do not take the value away: with an error, `value` is what the specification gives for it, mostly the zero
/// value of the type that the expression returns (CESQL 1.0, sections 3.3 and 4.1, "fail fast").
public struct CESQLResult: Sendable, Hashable {
    /// Always there, also with an error.
    public var value: CESQLValue
    /// The first error met; nil where there was none.
    public var error: CESQLEvaluationError?

    public init(value: CESQLValue, error: CESQLEvaluationError? = nil) {
        self.value = value
        self.error = error
    }
}
