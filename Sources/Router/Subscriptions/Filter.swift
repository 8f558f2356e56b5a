/// A filter expression of the CloudEvents Subscriptions API, as it is written down.
///
/// It is checked when it is decoded and compiled once to a `CompiledFilter` to be evaluated.
public indirect enum Filter: Sendable, Hashable {
    /// All named attributes have exactly these values. At least one.
    case exact([String: String])
    /// All named attributes start with these values.
    case prefix([String: String])
    /// All named attributes end with these values.
    case suffix([String: String])
    /// All of these hold. At least one.
    case all([Filter])
    /// At least one of these holds. At least one.
    case any([Filter])
    /// This one does not hold.
    case not(Filter)
    /// A CloudEvents SQL v1 expression; holds where it evaluates to true without an error.
    case sql(String)
}
