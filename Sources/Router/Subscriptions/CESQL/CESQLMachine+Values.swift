import CloudEvents

/// Attributes, casts, and what people get to see.
extension CESQLMachine {
    // MARK: Attributes

    /// Where the value of an attribute lies in the event; nil: it is absent.
    @inline(__always)
    func find(attribute index: Int) -> (kind: AttributeKind, offset: Int, count: Int)? {
        self.code.program.names[index].withUnsafeBytes { name in
            self.attributes.withValue(of: name) { kind, value in
                guard let base = self.packed.baseAddress, let start = value.baseAddress else { return (kind, 0, 0) }
                return (kind, start - base, value.count)
            }
        }
    }

    mutating func load(attribute index: Int) {
        guard let (kind, offset, count) = self.find(attribute: index) else { return self.fail(.missingAttribute) }
        let text = Operand(kind: .string, origin: .event, first: Int32(offset), count: Int32(count))
        switch kind {
        case .string: self.push(text)
        case .integer: self.push(self.integer(text).map(Operand.integer) ?? text)
        case .boolean: self.push(self.boolean(text).map(Operand.boolean) ?? text)
        }
    }

    // MARK: Casts (CESQL 1.0, section 3.7)

    @inline(__always)
    func boolean(_ operand: Operand) -> Bool? {
        switch operand.kind {
        case .boolean, .integer: operand.first != 0
        case .string: self.withBytes(of: operand) { Self.boolean($0) }
        }
    }

    @inline(__always)
    func integer(_ operand: Operand) -> Int32? {
        switch operand.kind {
        case .boolean, .integer: operand.first
        case .string: self.withBytes(of: operand) { Self.integer($0) }
        }
    }

    /// nil: there is no room for its text any more.
    @inline(__always)
    mutating func string(_ operand: Operand) -> Operand? {
        switch operand.kind {
        case .string: operand
        case .boolean:
            Operand(
                kind: .string, origin: .literals, first: operand.first != 0 ? 0 : 4, count: operand.first != 0 ? 4 : 5)
        case .integer: self.keep(String(operand.first).utf8)
        }
    }

    private static func boolean(_ bytes: UnsafeRawBufferPointer) -> Bool? {
        func isWord(_ word: StaticString) -> Bool {
            guard bytes.count == word.utf8CodeUnitCount else { return false }
            return bytes.indices.allSatisfy { bytes[$0] | 0x20 == word.utf8Start[$0] }
        }
        if isWord("true") { return true }
        return isWord("false") ? false : nil
    }

    private static func integer(_ bytes: UnsafeRawBufferPointer) -> Int32? {
        let isNegative = bytes.first == UInt8(ascii: "-")
        let hasSign = isNegative || bytes.first == UInt8(ascii: "+")
        return Int32(
            decimalDigits: UnsafeRawBufferPointer(rebasing: bytes.dropFirst(hasSign ? 1 : 0)), isNegative: isNegative)
    }

    /// Whether `operand`, cast to the type of `target`, equals it; nil: it cannot be cast.
    @inline(__always)
    mutating func isEqual(_ operand: Operand, castTo target: Operand) -> Bool? {
        switch target.kind {
        case .boolean: return self.boolean(operand).map { $0 == (target.first != 0) }
        case .integer: return self.integer(operand).map { $0 == target.first }
        case .string:
            guard let text = self.string(operand) else { return nil }
            self.work -= Int(min(text.count, target.count)) / 8
            return self.withBytes(of: text) { lhs in self.withBytes(of: target) { rhs in lhs.hasSameBytes(as: rhs) } }
        }
    }

    // MARK: Strings

    /// The bytes of a string, valid only inside the call.
    @inline(__always)
    func withBytes<R>(of operand: Operand, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        let range = Int(operand.first)..<(Int(operand.first) + Int(operand.count))
        return switch operand.origin {
        case .event: body(UnsafeRawBufferPointer(rebasing: self.packed[range]))
        case .literals: body(UnsafeRawBufferPointer(rebasing: self.literals[range]))
        case .scratch: self.scratch.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
        }
    }

    /// Puts new bytes into the scratch; nil: beyond the limit.
    mutating func keep(_ bytes: some Collection<UInt8>) -> Operand? {
        guard self.scratch.count + bytes.count <= CESQLExpression.resultBytesMax else { return nil }
        let start = self.scratch.count
        self.scratch.append(contentsOf: bytes)
        return Operand(kind: .string, origin: .scratch, first: Int32(start), count: Int32(self.scratch.count - start))
    }

    func text(of operand: Operand) -> String {
        self.withBytes(of: operand) { String(decoding: $0, as: UTF8.self) }
    }

    // MARK: For people

    func value(of operand: Operand) -> CESQLValue {
        switch operand.kind {
        case .boolean: .boolean(operand.first != 0)
        case .integer: .integer(operand.first)
        case .string: .string(self.text(of: operand))
        }
    }

    /// What failed, by name.
    func subject(of failure: Failure) -> String {
        switch self.code.program.instructions[failure.instruction] {
        case .attribute(let index): String(decoding: self.code.program.names[Int(index)], as: UTF8.self)
        case .missingFunction(let index): self.code.program.missingFunctions[Int(index)]
        case .call(let function, _): function.name
        case .negate, .subtract: "-"
        case .not: "NOT"
        case .multiply: "*"
        case .divide: "/"
        case .remainder: "%"
        case .add: "+"
        case .equal: "="
        case .notEqual: "!="
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        case .xor: "XOR"
        case .andJump: "AND"
        case .orJump: "OR"
        case .castToBoolean: "AND or OR"
        case .like: "LIKE"
        case .inTest: "IN"
        case .boolean, .integer, .string, .exists, .inEnd: ""
        }
    }
}
