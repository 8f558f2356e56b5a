/// What a CESQL expression evaluates to: one of the three primitive types (CESQL 1.0, section 3.1).
public enum CESQLValue: Sendable, Hashable, CustomStringConvertible {
    /// True or false.
    case boolean(Bool)
    /// A whole number of 32 bits.
    case integer(Int32)
    /// Unicode text.
    case string(String)

    /// The value cast to String (CESQL 1.0, section 3.7).
    public var description: String {
        switch self {
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .string(let value): value
        }
    }
}
