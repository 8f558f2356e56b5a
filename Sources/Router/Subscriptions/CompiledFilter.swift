import CloudEvents

/// A filter made ready: checked, flat, its CESQL expressions parsed. Evaluation allocates nothing but what CESQL
/// functions do.
public struct CompiledFilter: Sendable {
    /// How deep `all`, `any` and `not` may nest.
    public static let nestingMax = 32
    /// How many filters and compared attributes there may be in all; a CESQL expression counts as
    /// ``nodesPerExpression``.
    public static let nodesMax = 1_000
    /// What a CESQL expression counts, for the work it may do.
    public static let nodesPerExpression = 10
    /// The longest value to compare with, in UTF-8 bytes.
    public static let valueBytesMax = 65_536

    enum Comparison: String {
        case exact
        case prefix
        case suffix
    }

    struct AttributeTest {
        var name: [UInt8]
        var value: [UInt8]
    }

    enum Node {
        case attributes(Comparison, [AttributeTest])
        /// Indices of the nodes; they lie behind this one.
        case all([Int])
        case any([Int])
        case not(Int)
        case sql(CESQLExpression)
        /// No filter at all.
        case everything
    }

    /// The root is the first.
    let nodes: [Node]

    /// Checks and compiles a filter.
    /// - Throws: ``FilterError`` where it nests deeper than ``nestingMax``, has more than ``nodesMax`` parts, an
    ///   attribute's name or value is not allowed, a list is empty, or a CESQL expression does not parse.
    public init(_ filter: Filter) throws(FilterError) {
        self.nodes = try FilterCompiler.nodes(of: filter)
    }

    /// Compiles filters that must all hold; none: everything matches. Pointers of errors begin with the index.
    /// - Throws: ``FilterError``, as ``init(_:)`` does; ``nodesMax`` counts for all of them together.
    public init(allOf filters: [Filter]) throws(FilterError) {
        self.nodes = try FilterCompiler.nodes(ofAll: filters)
    }

    /// Whether the event passes. An absent attribute never equals anything; an error in CESQL is no match.
    public func matches(_ event: CloudEvent) -> Bool {
        self.matches(event, at: 0)
    }

    /// Depth is limited by the compiler, so that recursion is safe.
    private func matches(_ event: CloudEvent, at index: Int) -> Bool {
        switch self.nodes[index] {
        case .attributes(let comparison, let tests):
            for test in tests where !test.matches(event, comparison) { return false }
            return true
        case .all(let children):
            for child in children where !self.matches(event, at: child) { return false }
            return true
        case .any(let children):
            for child in children where self.matches(event, at: child) { return true }
            return false
        case .not(let child): return !self.matches(event, at: child)
        case .sql(let expression): return expression.isTrue(for: event)
        case .everything: return true
        }
    }
}

extension CompiledFilter.AttributeTest {
    @inline(__always)
    func matches(_ event: CloudEvent, _ comparison: CompiledFilter.Comparison) -> Bool {
        self.name.withUnsafeBytes { name in
            event.attributes.withValue(of: name) { _, actual in
                self.value.withUnsafeBytes { expected in
                    switch comparison {
                    case .exact: actual.hasSameBytes(as: expected)
                    case .prefix: actual.hasBytePrefix(expected)
                    case .suffix: actual.hasByteSuffix(expected)
                    }
                }
            }
        } ?? false
    }
}

extension CompiledFilter {
    /// Calls in its CESQL expressions that can never succeed, each as `NAME/number of arguments`, and what to do about
    /// it.
    public var missingFunctions: [(name: String, mend: String)] {
        self.nodes.flatMap { node in
            guard case .sql(let expression) = node else { return [] as [(name: String, mend: String)] }
            return expression.missingFunctions.map { call in
                let name = String(call.prefix { $0 != "/" })
                let counts = CESQLFunction.argumentCounts(ofName: name)
                return (call, counts.map { "\(name) takes \($0)" } ?? "look for the name in CESQL 1.0, section 3.5")
            }
        }
    }
}
