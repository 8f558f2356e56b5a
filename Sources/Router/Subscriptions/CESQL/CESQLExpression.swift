import CloudEvents

/// A CloudEvents SQL expression, version 1.0.0, parsed and compiled once.
///
/// Evaluation ends at the first error ("fail fast", CESQL 1.0, section 4.1) and allocates only for functions that make
/// new strings. It is bounded: such strings have at most ``resultBytesMax`` bytes in all, and at most ``workMax`` bytes
/// are looked at by patterns and functions; beyond, the error is `generic`.
public struct CESQLExpression: Sendable, Hashable, CustomStringConvertible {
    /// The longest text that is parsed, in UTF-8 bytes.
    public static let textBytesMax = 65_536
    /// How deep parentheses, arguments, sets and prefix operators may nest.
    public static let nestingMax = CESQLParser.nestingMax
    /// How many bytes the functions of one evaluation may make.
    public static let resultBytesMax = 1_048_576
    /// How many bytes patterns and functions of one evaluation may look at, each time counted: a millisecond or so.
    public static let workMax = 1_048_576

    /// The text that was parsed.
    public let text: String
    private let code: CESQLCode

    /// Parses and compiles an expression.
    /// - Throws: ``CESQLParseError`` where the text is none, is longer than ``textBytesMax`` or nests deeper than
    ///   ``nestingMax``.
    public init(parsing text: String) throws(CESQLParseError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.textBytesMax else {
            throw CESQLParseError(
                characterOffset: 0, reason: "the expression has \(bytes.count) bytes",
                mend: "at most \(Self.textBytesMax) are allowed")
        }
        self.text = text
        do {
            self.code = CESQLCode(try CESQLParser.program(of: bytes))
        } catch {
            throw CESQLParseError(
                characterOffset: String(decoding: bytes[..<error.byteOffset], as: UTF8.self).count,
                reason: error.reason, mend: error.mend)
        }
    }

    /// Evaluates the expression for an event.
    public func evaluate(_ event: CloudEvent) -> CESQLResult {
        CESQLMachine.withOutcome(of: self.code, for: event) { machine, outcome in
            CESQLResult(
                value: machine.value(of: outcome.operand),
                error: outcome.error.map { CESQLEvaluationError($0.kind, subject: machine.subject(of: $0)) })
        }
    }

    /// Whether the expression evaluates to the Boolean true without an error: what a filter asks (CESQL 1.0, section
    /// 1.2).
    public func isTrue(for event: CloudEvent) -> Bool {
        CESQLMachine.withOutcome(of: self.code, for: event) { _, outcome in
            outcome.error == nil && outcome.operand.kind == .boolean && outcome.operand.first != 0
        }
    }

    /// Calls of functions that there are not, each as `NAME/number of arguments`: they fail whenever they are
    /// evaluated.
    public var missingFunctions: [String] { self.code.program.missingFunctions }

    /// What attributes must look like where the expression is true.
    var constraints: AttributeConstraints { self.code.program.constraints }

    public var description: String { self.text }
    public static func == (lhs: Self, rhs: Self) -> Bool { lhs.text == rhs.text }
    public func hash(into hasher: inout Hasher) { hasher.combine(self.text) }
}
