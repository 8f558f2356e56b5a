/// One word or sign of an expression, by where it lies in the text.
struct CESQLToken {
    enum Kind: Equatable {
        case leftParenthesis
        case rightParenthesis
        case comma
        case star
        case slash
        case percent
        case plus
        case minus
        case equal
        case notEqual
        case less
        case lessOrEqual
        case greater
        case greaterOrEqual
        /// Quotes included.
        case string
        /// Digits only.
        case digits
        /// Letters, digits and `_`, and no keyword.
        case word
        case and
        case or
        case xor
        case not
        case like
        case exists
        case `in`
        case `true`
        case `false`
        case end
    }

    var kind: Kind
    /// Byte offsets.
    var start: Int
    var end: Int
}
