import CloudEvents
import NIOCore

/// Runs a program for one event. Strings stay where they are: in the event, in the literals, or in `scratch`.
struct CESQLMachine {
    /// A value on the stack.
    struct Operand {
        enum Origin: UInt8 {
            case event
            case literals
            case scratch
        }

        var kind: CESQLType
        var origin = Origin.event
        /// The integer, 1 or 0 for a Boolean, or where the string begins.
        var first: Int32
        /// How many bytes the string has.
        var count: Int32 = 0

        static func boolean(_ value: Bool) -> Operand { Operand(kind: .boolean, first: value ? 1 : 0) }
        static func integer(_ value: Int32) -> Operand { Operand(kind: .integer, first: value) }
        static let emptyString = Operand(kind: .string, origin: .literals, first: 0)
    }

    struct Failure {
        var kind: CESQLEvaluationError.Kind
        /// Which instruction failed.
        var instruction: Int
    }

    struct Outcome {
        var operand: Operand
        var error: Failure?
    }

    let code: CESQLCode
    let attributes: AttributeList
    let packed: UnsafeRawBufferPointer
    let literals: UnsafeRawBufferPointer
    let stack: UnsafeMutableBufferPointer<Operand>
    var top = 0
    var counter = 0
    var scratch: [UInt8] = []
    /// How many bytes may still be looked at.
    var work = CESQLExpression.workMax
    var failure: Failure?
    /// What the failing instruction itself gives.
    var failureValue = Operand.boolean(false)

    /// Evaluates, and hands over the outcome while its strings are valid.
    static func withOutcome<R>(
        of code: CESQLCode, for event: CloudEvent, _ body: (borrowing CESQLMachine, Outcome) -> R
    ) -> R {
        event.attributes.bytes.withUnsafeReadableBytes { packed in
            code.program.literals.withUnsafeBytes { literals in
                withUnsafeTemporaryAllocation(of: Operand.self, capacity: code.program.stackDepthMax) { stack in
                    var machine = CESQLMachine(
                        code: code, attributes: event.attributes, packed: packed, literals: literals, stack: stack)
                    let outcome = machine.run()
                    return body(machine, outcome)
                }
            }
        }
    }

    private mutating func run() -> Outcome {
        let failure = self.code.program.instructions.withUnsafeBufferPointer { instructions -> Failure? in
            while self.counter < instructions.count {
                self.step(instructions[self.counter])
                if let failure = self.failure { return failure }
                self.counter += 1
            }
            return nil
        }
        guard let failure else { return Outcome(operand: self.stack[0], error: nil) }
        let isOutermost = failure.instruction == self.code.program.instructions.count - 1
        return Outcome(
            operand: isOutermost ? self.failureValue : self.zero(self.code.program.returnType), error: failure)
    }

    // MARK: Steps

    @inline(__always)
    private mutating func step(_ instruction: CESQLInstruction) {
        switch instruction {
        case .boolean(let value): self.push(.boolean(value))
        case .integer(let value): self.push(.integer(value))
        case .string(let offset, let count):
            self.push(Operand(kind: .string, origin: .literals, first: offset, count: count))
        case .attribute(let index): self.load(attribute: Int(index))
        case .exists(let index): self.push(.boolean(self.find(attribute: Int(index)) != nil))
        case .not:
            guard let value = self.boolean(self.stack[self.top - 1]) else { return self.fail(.cast) }
            self.replaceTop(.boolean(!value))
        case .negate: self.negate()
        case .multiply, .divide, .remainder, .add, .subtract: self.arithmetic(instruction)
        case .equal: self.equality(isNegated: false)
        case .notEqual: self.equality(isNegated: true)
        case .less, .lessOrEqual, .greater, .greaterOrEqual: self.comparison(instruction)
        case .xor:
            let (left, right) = self.popTwo()
            guard let lhs = self.boolean(left), let rhs = self.boolean(right) else { return self.fail(.cast) }
            self.push(.boolean(lhs != rhs))
        case .andJump(let target): self.shortCircuit(on: false, target)
        case .orJump(let target): self.shortCircuit(on: true, target)
        case .castToBoolean:
            guard let value = self.boolean(self.stack[self.top - 1]) else { return self.fail(.cast) }
            self.replaceTop(.boolean(value))
        case .like(let index, let isNegated): self.like(Int(index), isNegated: isNegated)
        case .inTest(let target): self.inTest(target)
        case .inEnd: self.replaceTop(.boolean(false))
        case .call(let function, let argumentCount): self.call(function, Int(argumentCount))
        case .missingFunction: self.fail(.missingFunction)
        }
    }

    private mutating func shortCircuit(on decisive: Bool, _ target: Int32) {
        guard let value = self.boolean(self.stack[self.top - 1]) else { return self.fail(.cast) }
        if value == decisive {
            self.replaceTop(.boolean(value))
            self.counter = Int(target) - 1
        } else {
            self.top -= 1
        }
    }

    private mutating func negate() {
        guard let value = self.integer(self.stack[self.top - 1]) else { return self.fail(.cast, .integer(0)) }
        guard value != Int32.min else { return self.fail(.math, .integer(0)) }
        self.replaceTop(.integer(-value))
    }

    private mutating func arithmetic(_ instruction: CESQLInstruction) {
        let (left, right) = self.popTwo()
        guard let lhs = self.integer(left), let rhs = self.integer(right) else { return self.fail(.cast, .integer(0)) }
        let (result, hasOverflow): (Int32, Bool) =
            switch instruction {
            case .multiply: lhs.multipliedReportingOverflow(by: rhs)
            case .divide: lhs.dividedReportingOverflow(by: rhs)
            case .remainder: rhs == -1 ? (0, false) : lhs.remainderReportingOverflow(dividingBy: rhs)
            case .add: lhs.addingReportingOverflow(rhs)
            default: lhs.subtractingReportingOverflow(rhs)
            }
        if hasOverflow {
            self.fail(.math, .integer(0))
        } else {
            self.push(.integer(result))
        }
    }

    /// The left operand is cast to the type of the right one (CESQL 1.0, section 3.7).
    private mutating func equality(isNegated: Bool) {
        let (left, right) = self.popTwo()
        guard let isEqual = self.isEqual(left, castTo: right) else { return self.fail(.cast) }
        guard self.work >= 0 else { return self.fail(.generic) }
        self.push(.boolean(isEqual != isNegated))
    }

    private mutating func comparison(_ instruction: CESQLInstruction) {
        let (left, right) = self.popTwo()
        guard let lhs = self.integer(left), let rhs = self.integer(right) else { return self.fail(.cast) }
        let holds =
            switch instruction {
            case .less: lhs < rhs
            case .lessOrEqual: lhs <= rhs
            case .greater: lhs > rhs
            default: lhs >= rhs
            }
        self.push(.boolean(holds))
    }

    private mutating func like(_ index: Int, isNegated: Bool) {
        guard let text = self.string(self.stack[self.top - 1]) else { return self.fail(.generic) }
        var work = self.work
        let matches = self.withBytes(of: text) { self.code.program.patterns[index].matches($0, work: &work) }
        self.work = work
        guard work >= 0 else { return self.fail(.generic) }
        self.replaceTop(.boolean(matches != isNegated))
    }

    /// The element is cast to the type of the value that is looked for (CESQL 1.0, section 3.4.5).
    private mutating func inTest(_ target: Int32) {
        let (value, element) = self.popTwo()
        guard let isEqual = self.isEqual(element, castTo: value) else { return self.fail(.cast) }
        guard self.work >= 0 else { return self.fail(.generic) }
        if isEqual {
            self.push(.boolean(true))
            self.counter = Int(target) - 1
        } else {
            self.push(value)
        }
    }

    // MARK: The stack

    @inline(__always)
    mutating func push(_ operand: Operand) {
        self.stack[self.top] = operand
        self.top += 1
    }

    @inline(__always)
    mutating func replaceTop(_ operand: Operand) {
        self.stack[self.top - 1] = operand
    }

    @inline(__always)
    mutating func popTwo() -> (left: Operand, right: Operand) {
        self.top -= 2
        return (self.stack[self.top], self.stack[self.top + 1])
    }

    mutating func fail(_ kind: CESQLEvaluationError.Kind, _ value: Operand = .boolean(false)) {
        self.failure = Failure(kind: kind, instruction: self.counter)
        self.failureValue = value
    }

    func zero(_ type: CESQLType) -> Operand {
        switch type {
        case .boolean: .boolean(false)
        case .integer: .integer(0)
        case .string: .emptyString
        }
    }
}
