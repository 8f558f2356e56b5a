/// Literals, attributes, calls and parentheses.
extension CESQLParser {
    mutating func primary(_ token: CESQLToken) throws(CESQLSyntaxFault) -> Operand {
        switch token.kind {
        case .leftParenthesis:
            self.advance()
            let inner = try self.expression()
            try self.expect(.rightParenthesis, "close the parenthesis with )")
            return inner
        case .true, .false:
            self.advance()
            self.program.append(.boolean(token.kind == .true), stackChange: 1)
            return Operand(type: .boolean)
        case .digits:
            return try self.integer(token, from: token.start, isNegative: false)
        case .string:
            self.advance()
            let bytes = self.unescaped(token)
            let (offset, count) = self.program.appendLiteral(bytes)
            self.program.append(.string(offset: offset, count: count), stackChange: 1)
            return Operand(type: .string, shape: .stringLiteral(bytes))
        case .exists:
            return try self.exists()
        case .word:
            self.advance()
            return self.token.kind == .leftParenthesis ? try self.call(token) : try self.attribute(token)
        default:
            throw self.unexpected(
                token, after: "here comes an attribute, a number, a 'string', true, false, a function or a parenthesis")
        }
    }

    /// The required attributes are always there (CESQL 1.0, section 3.4.4).
    private mutating func exists() throws(CESQLSyntaxFault) -> Operand {
        self.advance()
        let token = self.token
        guard token.kind == .word || token.kind == .digits else {
            throw self.unexpected(token, after: "after EXISTS comes the name of an attribute")
        }
        self.advance()
        let name = try self.attributeName(token)
        if ["id", "source", "type", "specversion"].contains(name) {
            self.program.append(.boolean(true), stackChange: 1)
        } else {
            let index = self.program.index(ofName: Array(name.utf8))
            self.program.append(.exists(index), stackChange: 1)
        }
        return Operand(type: .boolean)
    }

    /// An attribute alone has no type that is known before: Boolean is assumed (CESQL 1.0, section 3.2).
    private mutating func attribute(_ token: CESQLToken) throws(CESQLSyntaxFault) -> Operand {
        let name = try self.attributeName(token)
        let index = self.program.index(ofName: Array(name.utf8))
        self.program.append(.attribute(index), stackChange: 1)
        return Operand(type: .boolean, shape: .attribute(name))
    }

    /// Names of attributes are lower-case; like the SDKs, upper-case letters are taken for the same.
    private func attributeName(_ token: CESQLToken) throws(CESQLSyntaxFault) -> String {
        let text = self.text(of: token)
        guard !text.utf8.contains(UInt8(ascii: "_")) else {
            throw CESQLSyntaxFault(
                byteOffset: token.start, reason: "'\(text)' is no name of an attribute",
                mend: "attributes have names of letters and digits only; a function is followed by (")
        }
        return text.lowercased()
    }

    private mutating func call(_ token: CESQLToken) throws(CESQLSyntaxFault) -> Operand {
        let name = self.text(of: token).uppercased()
        let isName = name.utf8.allSatisfy { (0x41...0x5a).contains($0) || $0 == UInt8(ascii: "_") }
        guard isName, name.utf8.first != UInt8(ascii: "_") else {
            throw CESQLSyntaxFault(
                byteOffset: token.start, reason: "'\(self.text(of: token))' is no name of a function",
                mend: "functions have names of letters and underscores, such as CONCAT_WS")
        }
        let start = self.program.instructions.count
        var argumentCount = 0
        self.advance()
        if !self.skip(.rightParenthesis) {
            repeat {
                _ = try self.expression()
                argumentCount += 1
            } while self.skip(.comma)
            try self.expect(.rightParenthesis, "close the arguments of \(name) with )")
        }
        guard let function = CESQLFunction(name: name, argumentCount: argumentCount) else {
            self.program.truncate(to: start, operands: argumentCount)
            self.program.append(.missingFunction(Int32(self.program.missingFunctions.count)), stackChange: 1)
            self.program.missingFunctions.append("\(name)/\(argumentCount)")
            return Operand(type: .boolean)
        }
        self.program.append(
            .call(function, argumentCount: Int32(argumentCount)), stackChange: 1 - argumentCount)
        return Operand(type: function.returnType)
    }

    /// The bytes between the quotes; only the delimiter itself can be escaped.
    func unescaped(_ token: CESQLToken) -> [UInt8] {
        let delimiter = self.bytes[token.start]
        var result: [UInt8] = []
        result.reserveCapacity(token.end - token.start - 2)
        var cursor = token.start + 1
        while cursor < token.end - 1 {
            if self.bytes[cursor] == UInt8(ascii: "\\"), cursor + 1 < token.end - 1 {
                if self.bytes[cursor + 1] != delimiter { result.append(UInt8(ascii: "\\")) }
                result.append(self.bytes[cursor + 1])
                cursor += 2
            } else {
                result.append(self.bytes[cursor])
                cursor += 1
            }
        }
        return result
    }
}
