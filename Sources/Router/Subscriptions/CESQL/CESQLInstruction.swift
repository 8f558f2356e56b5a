/// One step of a compiled expression, in the order of evaluation: operands are pushed, operators take them off the
/// stack.
///
/// An error ends the evaluation (fail fast): no operator of the language gives anything but its zero value where an
/// operand failed, so the outcome is the zero value of the outermost operator, or, where that one failed itself, its
/// own value.
enum CESQLInstruction: Sendable {
    case boolean(Bool)
    case integer(Int32)
    /// A range of the literals.
    case string(offset: Int32, count: Int32)
    /// The value of an attribute, by index into the names.
    case attribute(Int32)
    case exists(Int32)
    case not
    case negate
    case multiply
    case divide
    case remainder
    case add
    case subtract
    case equal
    case notEqual
    case less
    case lessOrEqual
    case greater
    case greaterOrEqual
    case xor
    /// Casts the top to Boolean; where it is false, leaves it and goes on at `target`; otherwise drops it.
    case andJump(target: Int32)
    /// Casts the top to Boolean; where it is true, leaves it and goes on at `target`; otherwise drops it.
    case orJump(target: Int32)
    /// Casts the top to Boolean: the right operand of AND and OR is their value.
    case castToBoolean
    /// By index into the patterns.
    case like(Int32, negated: Bool)
    /// Drops the element on top; where it equals the value below, puts true in that one's place and goes on at
    /// `target`.
    case inTest(target: Int32)
    /// No element was equal: puts false in the value's place.
    case inEnd
    case call(CESQLFunction, argumentCount: Int32)
    /// By index into the missing functions.
    case missingFunction(Int32)
}
