/// The built-in functions (CESQL 1.0, section 3.5; the casts of section 3.7, and the two that ask whether a cast
/// works).
enum CESQLFunction: UInt8, Sendable {
    case length
    case concat
    case concatWithSeparator
    case lower
    case upper
    case trim
    case left
    case right
    case substring
    case absolute
    case toInteger
    case toBoolean
    case toString
    case isInteger
    case isBoolean

    /// What a call is dispatched to, by its name in upper case and its number of arguments; nil: there is no such
    /// function.
    init?(name: String, argumentCount: Int) {
        switch (name, argumentCount) {
        case ("LENGTH", 1): self = .length
        case ("CONCAT", _): self = .concat
        case ("CONCAT_WS", 1...): self = .concatWithSeparator
        case ("LOWER", 1): self = .lower
        case ("UPPER", 1): self = .upper
        case ("TRIM", 1): self = .trim
        case ("LEFT", 2): self = .left
        case ("RIGHT", 2): self = .right
        case ("SUBSTRING", 2...3): self = .substring
        case ("ABS", 1): self = .absolute
        case ("INT", 1): self = .toInteger
        case ("BOOL", 1): self = .toBoolean
        case ("STRING", 1): self = .toString
        case ("IS_INT", 1): self = .isInteger
        case ("IS_BOOL", 1): self = .isBoolean
        default: return nil
        }
    }

    /// How many arguments the function of this name takes, in words; nil: there is none.
    static func argumentCounts(ofName name: String) -> String? {
        switch name {
        case "LENGTH", "LOWER", "UPPER", "TRIM", "ABS", "INT", "BOOL", "STRING", "IS_INT", "IS_BOOL": "1 argument"
        case "LEFT", "RIGHT": "2 arguments"
        case "SUBSTRING": "2 or 3 arguments"
        case "CONCAT": "any number of arguments"
        case "CONCAT_WS": "at least 1 argument"
        default: nil
        }
    }

    var name: String {
        switch self {
        case .length: "LENGTH"
        case .concat: "CONCAT"
        case .concatWithSeparator: "CONCAT_WS"
        case .lower: "LOWER"
        case .upper: "UPPER"
        case .trim: "TRIM"
        case .left: "LEFT"
        case .right: "RIGHT"
        case .substring: "SUBSTRING"
        case .absolute: "ABS"
        case .toInteger: "INT"
        case .toBoolean: "BOOL"
        case .toString: "STRING"
        case .isInteger: "IS_INT"
        case .isBoolean: "IS_BOOL"
        }
    }

    var returnType: CESQLType {
        switch self {
        case .length, .absolute, .toInteger: .integer
        case .toBoolean, .isInteger, .isBoolean: .boolean
        case .concat, .concatWithSeparator, .lower, .upper, .trim, .left, .right, .substring, .toString: .string
        }
    }
}
