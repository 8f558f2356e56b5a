/// Turns tokens into a program in one pass: precedence climbing, operators to the right of their operands.
///
/// Precedence as in section 3.6 of CESQL 1.0, equal ones from left to right: functions, NOT and unary minus, LIKE,
/// EXISTS, IN, `* / %`, `+ -`, comparisons, then AND, OR and XOR alike. Chains of operators are a loop; only
/// parentheses, arguments, sets and prefix operators nest, at most ``nestingMax`` deep.
struct CESQLParser {
    /// How deep an expression may nest.
    static let nestingMax = 128

    /// What is known about an operand besides its instructions.
    struct Operand {
        enum Shape {
            case attribute(String)
            case stringLiteral([UInt8])
            case other
        }

        var type: CESQLType
        var shape = Shape.other
        var constraints = AttributeConstraints()
    }

    /// What binds tighter is greater.
    enum Precedence: Int, Comparable {
        case logic
        case comparison
        case additive
        case multiplicative
        case membership
        case likeness
        case unary

        static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
    }

    let bytes: [UInt8]
    private let tokens: [CESQLToken]
    private var cursor = 0
    private var nesting = 0
    var program = CESQLProgram()

    static func program(of bytes: [UInt8]) throws(CESQLSyntaxFault) -> CESQLProgram {
        var parser = try CESQLParser(bytes)
        let root = try parser.expression()
        let rest = parser.token
        guard rest.kind == .end else { throw parser.unexpected(rest, after: "the expression ends here") }
        parser.program.returnType = root.type
        parser.program.constraints = root.constraints
        return parser.program
    }

    private init(_ bytes: [UInt8]) throws(CESQLSyntaxFault) {
        self.bytes = bytes
        self.tokens = try CESQLLexer.tokens(of: bytes)
    }

    // MARK: Tokens

    /// The token that is next; the last one is `end`, and is never passed.
    var token: CESQLToken { self.tokens[self.cursor] }

    mutating func advance() {
        if self.cursor < self.tokens.count - 1 { self.cursor += 1 }
    }

    private func tokenAfterNext() -> CESQLToken { self.tokens[min(self.cursor + 1, self.tokens.count - 1)] }

    func text(of token: CESQLToken) -> String {
        String(decoding: self.bytes[token.start..<token.end], as: UTF8.self)
    }

    func unexpected(_ token: CESQLToken, after mend: String) -> CESQLSyntaxFault {
        let reason = token.kind == .end ? "the expression ends too soon" : "'\(self.text(of: token))' is unexpected"
        return CESQLSyntaxFault(byteOffset: token.start, reason: reason, mend: mend)
    }

    mutating func expect(_ kind: CESQLToken.Kind, _ mend: String) throws(CESQLSyntaxFault) {
        guard self.token.kind == kind else { throw self.unexpected(self.token, after: mend) }
        self.advance()
    }

    // MARK: Expressions

    /// An expression whose operators all bind at least as tightly as `minimum`.
    mutating func expression(_ minimum: Precedence = .logic) throws(CESQLSyntaxFault) -> Operand {
        guard self.nesting < Self.nestingMax else {
            throw CESQLSyntaxFault(
                byteOffset: self.token.start, reason: "the expression nests deeper than \(Self.nestingMax)",
                mend: "write it with fewer parentheses and NOTs inside each other")
        }
        self.nesting += 1
        defer { self.nesting -= 1 }
        var left = try self.prefix()
        while let precedence = self.precedence(of: self.token), precedence >= minimum {
            left = try self.infix(left, precedence)
        }
        return left
    }

    private func precedence(of token: CESQLToken) -> Precedence? {
        switch token.kind {
        case .and, .or, .xor: .logic
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: .comparison
        case .plus, .minus: .additive
        case .star, .slash, .percent: .multiplicative
        case .in: .membership
        case .like: .likeness
        case .not: self.tokenAfterNext().kind == .like ? .likeness : .membership
        default: nil
        }
    }

    private mutating func infix(_ left: Operand, _ precedence: Precedence) throws(CESQLSyntaxFault) -> Operand {
        let sign = self.token
        let isNegated = sign.kind == .not
        self.advance()
        switch precedence {
        case .likeness: return try self.like(left, isNegated: isNegated)
        case .membership: return try self.membership(left, isNegated: isNegated)
        case .logic where sign.kind != .xor: return try self.shortCircuit(left, isAnd: sign.kind == .and)
        default: break
        }
        let right = try self.expression(Precedence(rawValue: precedence.rawValue + 1) ?? .unary)
        let (instruction, type) = Self.binary(sign.kind)
        self.program.append(instruction, stackChange: -1)
        var result = Operand(type: type)
        if sign.kind == .equal, case .attribute(let name) = left.shape, case .stringLiteral(let bytes) = right.shape {
            result.constraints.require(name, [.exact(bytes)])
        }
        return result
    }

    private static func binary(_ sign: CESQLToken.Kind) -> (CESQLInstruction, CESQLType) {
        switch sign {
        case .star: (.multiply, .integer)
        case .slash: (.divide, .integer)
        case .percent: (.remainder, .integer)
        case .plus: (.add, .integer)
        case .minus: (.subtract, .integer)
        case .equal: (.equal, .boolean)
        case .notEqual: (.notEqual, .boolean)
        case .less: (.less, .boolean)
        case .lessOrEqual: (.lessOrEqual, .boolean)
        case .greater: (.greater, .boolean)
        case .greaterOrEqual: (.greaterOrEqual, .boolean)
        default: (.xor, .boolean)
        }
    }

    private mutating func shortCircuit(_ left: Operand, isAnd: Bool) throws(CESQLSyntaxFault) -> Operand {
        let jump = self.program.instructions.count
        self.program.append(isAnd ? .andJump(target: 0) : .orJump(target: 0), stackChange: -1)
        let right = try self.expression(.comparison)
        self.program.append(.castToBoolean, stackChange: 0)
        self.program.patchJump(at: jump)
        var constraints = left.constraints
        if isAnd {
            constraints.formConjunction(right.constraints)
        } else {
            constraints.formDisjunction(right.constraints)
        }
        return Operand(type: .boolean, constraints: constraints)
    }

    private mutating func like(_ left: Operand, isNegated: Bool) throws(CESQLSyntaxFault) -> Operand {
        if isNegated { self.advance() }
        let literal = self.token
        guard literal.kind == .string else {
            throw self.unexpected(literal, after: "after LIKE comes a pattern in quotes, such as 'com.example.%'")
        }
        self.advance()
        let pattern = CESQLPattern(self.unescaped(literal))
        self.program.append(
            .like(Int32(self.program.patterns.count), negated: isNegated), stackChange: 0)
        self.program.patterns.append(pattern)
        var result = Operand(type: .boolean)
        if !isNegated, case .attribute(let name) = left.shape, let value = pattern.valuePattern {
            result.constraints.require(name, [value])
        }
        return result
    }

    private mutating func membership(_ left: Operand, isNegated: Bool) throws(CESQLSyntaxFault) -> Operand {
        if isNegated { try self.expect(.in, "after an operand NOT is followed by LIKE or IN") }
        try self.expect(.leftParenthesis, "after IN comes a set, such as ('a', 'b')")
        var jumps: [Int] = []
        var literals: [AttributeValuePattern] = []
        repeat {
            let element = try self.expression()
            if case .stringLiteral(let bytes) = element.shape { literals.append(.exact(bytes)) }
            jumps.append(self.program.instructions.count)
            self.program.append(.inTest(target: 0), stackChange: -1)
        } while self.skip(.comma)
        try self.expect(.rightParenthesis, "close the set with )")
        self.program.append(.inEnd, stackChange: 0)
        for jump in jumps { self.program.patchJump(at: jump) }
        var result = Operand(type: .boolean)
        if isNegated {
            self.program.append(.not, stackChange: 0)
        } else if case .attribute(let name) = left.shape, literals.count == jumps.count {
            result.constraints.require(name, literals)
        }
        return result
    }

    mutating func skip(_ kind: CESQLToken.Kind) -> Bool {
        guard self.token.kind == kind else { return false }
        self.advance()
        return true
    }

    // MARK: Operands

    private mutating func prefix() throws(CESQLSyntaxFault) -> Operand {
        let token = self.token
        switch token.kind {
        case .not:
            self.advance()
            _ = try self.expression(.unary)
            self.program.append(.not, stackChange: 0)
            return Operand(type: .boolean)
        case .plus, .minus:
            let digits = self.tokenAfterNext()
            if digits.kind == .digits, digits.start == token.end {
                self.advance()
                return try self.integer(digits, from: token.start, isNegative: token.kind == .minus)
            }
            guard token.kind == .minus else {
                throw self.unexpected(token, after: "a plus sign is followed by digits, or stands between two operands")
            }
            self.advance()
            _ = try self.expression(.unary)
            self.program.append(.negate, stackChange: 0)
            return Operand(type: .integer)
        default:
            return try self.primary(token)
        }
    }

    mutating func integer(
        _ digits: CESQLToken, from start: Int, isNegative: Bool
    ) throws(CESQLSyntaxFault) -> Operand {
        self.advance()
        guard let value = Int32(decimalDigits: self.bytes[digits.start..<digits.end], isNegative: isNegative) else {
            throw CESQLSyntaxFault(
                byteOffset: start, reason: "the number has no place in 32 bits",
                mend: "use -2147483648 to 2147483647")
        }
        self.program.append(.integer(value), stackChange: 1)
        return Operand(type: .integer)
    }
}

extension Int32 {
    /// The value of decimal digits; nil where there are none, others, or too many.
    init?(decimalDigits digits: some Collection<UInt8>, isNegative: Bool) {
        guard !digits.isEmpty else { return nil }
        var value: Int32 = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            let (scaled, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let step = Int32(digit - 0x30)
            let (sum, hasOverflow) =
                isNegative ? scaled.subtractingReportingOverflow(step) : scaled.addingReportingOverflow(step)
            guard !isTooLarge, !hasOverflow else { return nil }
            value = sum
        }
        self = value
    }
}
