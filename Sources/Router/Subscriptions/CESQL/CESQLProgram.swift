/// A compiled expression: flat arrays, written once, shared by every copy.
struct CESQLProgram: Sendable {
    var instructions: [CESQLInstruction] = []
    /// The bytes of all string literals; begins with `truefalse`, what Booleans cast to.
    var literals: [UInt8] = Array("truefalse".utf8)
    /// Names of attributes, each once.
    var names: [[UInt8]] = []
    var patterns: [CESQLPattern] = []
    /// Calls that cannot be dispatched, `NAME/arguments`.
    var missingFunctions: [String] = []
    /// How many operands lie on the stack at most.
    var stackDepthMax = 0
    /// What the outermost operator returns.
    var returnType = CESQLType.boolean
    /// What attributes must look like where the expression is true.
    var constraints = AttributeConstraints()

    private var stackDepth = 0

    /// Appends an instruction and keeps account of the stack.
    /// - Parameter stackChange: What it leaves minus what it takes.
    mutating func append(_ instruction: CESQLInstruction, stackChange: Int) {
        self.instructions.append(instruction)
        self.stackDepth += stackChange
        self.stackDepthMax = max(self.stackDepthMax, self.stackDepth)
    }

    /// Points a jump to the next instruction.
    mutating func patchJump(at index: Int) {
        let target = Int32(self.instructions.count)
        switch self.instructions[index] {
        case .andJump: self.instructions[index] = .andJump(target: target)
        case .orJump: self.instructions[index] = .orJump(target: target)
        case .inTest: self.instructions[index] = .inTest(target: target)
        default: break
        }
    }

    /// Takes back everything after `count` instructions, which had put `operands` on the stack.
    mutating func truncate(to count: Int, operands: Int) {
        self.instructions.removeSubrange(count...)
        self.stackDepth -= operands
    }

    /// The index of an attribute's name.
    mutating func index(ofName name: [UInt8]) -> Int32 {
        if let index = self.names.firstIndex(of: name) { return Int32(index) }
        self.names.append(name)
        return Int32(self.names.count - 1)
    }

    mutating func appendLiteral(_ bytes: [UInt8]) -> (offset: Int32, count: Int32) {
        let offset = Int32(self.literals.count)
        self.literals.append(contentsOf: bytes)
        return (offset, Int32(bytes.count))
    }
}
