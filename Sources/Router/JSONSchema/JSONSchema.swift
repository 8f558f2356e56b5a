/// A schema of JSON Schema 2020-12, ready for use.
///
/// Made once and used from any thread. Validation takes bounded time: steps are counted, patterns match in linear time,
/// and no address is ever fetched.
public struct JSONSchema: Sendable {
    /// What validation is allowed.
    public struct Limits: Sendable, Hashable {
        /// Schemas, items and characters looked at, for one value.
        public var stepsMax = 2_000_000
        /// Schemas applied inside each other.
        public var depthMax = 256
        /// Violations that are told.
        public var violationsMax = 20

        public init() {}
    }

    /// How a `format` is taken, where the dialect of the schema does not assert it (Validation 2020-12, section 7.2).
    public enum Formats: Sendable {
        case annotated
        case asserted
    }

    let nodes: [SchemaNode]
    let root: Int
    let dynamicAnchors: [[String: Int]]
    /// Whether what was evaluated has to be remembered.
    let needsEvaluated: Bool
    private let formats: Formats
    private let limits: Limits

    /// - Parameters:
    ///   - document: the schema.
    ///   - address: its address, where it has no `$id`.
    ///   - library: what it may refer to.
    /// - Throws: ``SchemaFault`` with the first thing that is wrong.
    public init(
        _ document: JSONNode, address: String = "schema:", library: SchemaLibrary = SchemaLibrary(),
        formats: Formats = .annotated, limits: Limits = Limits()
    ) throws(SchemaFault) {
        var compiler = SchemaCompiler(library: library)
        self.root = try compiler.compile(document, address: address)
        self.nodes = compiler.nodes
        self.dynamicAnchors = compiler.dynamicAnchors
        self.needsEvaluated = compiler.nodes.contains { $0.unevaluatedItems != nil || $0.unevaluatedProperties != nil }
        self.formats = formats
        self.limits = limits
    }

    /// Where a value is not what the schema asks for; empty where it is. At most ``Limits/violationsMax``.
    public func violations(in value: JSONNode) -> [SchemaViolation] {
        var validation = SchemaValidation(self, assertsFormats: self.formats == .asserted, limits: self.limits)
        return validation.run(value)
    }

    /// The same, where the steps of several values are counted together.
    /// - Parameter stepsLeft: how many are left; those that were taken are taken off.
    public func violations(in value: JSONNode, stepsLeft: inout Int) -> [SchemaViolation] {
        var limits = self.limits
        limits.stepsMax = min(limits.stepsMax, max(0, stepsLeft))
        var validation = SchemaValidation(self, assertsFormats: self.formats == .asserted, limits: limits)
        defer { stepsLeft -= validation.steps }
        return validation.run(value)
    }

    /// Whether a value is what the schema asks for.
    public func isValid(_ value: JSONNode) -> Bool {
        var limits = self.limits
        limits.violationsMax = 1
        var validation = SchemaValidation(self, assertsFormats: self.formats == .asserted, limits: limits)
        return validation.run(value).isEmpty
    }

    /// Whether a value fits one of the schemas in it; nil where that takes more than the limits allow.
    func fits(_ value: JSONNode, at node: Int) -> Bool? {
        var limits = self.limits
        limits.violationsMax = 1
        var validation = SchemaValidation(self, assertsFormats: self.formats == .asserted, limits: limits)
        let isValid = validation.run(value, at: node).isEmpty
        return validation.isOverLimit ? nil : isValid
    }

    /// Where a value does not fit one of the schemas in it.
    func violations(in value: JSONNode, at node: Int) -> [SchemaViolation] {
        var validation = SchemaValidation(self, assertsFormats: self.formats == .asserted, limits: self.limits)
        return validation.run(value, at: node)
    }

    /// Whether what a reference means depends on how it was reached.
    var hasDynamicScope: Bool { self.nodes.contains { $0.dynamicReference?.anchor != nil } }

    /// The format of a schema in it, where it is a rule and no remark.
    func assertedFormat(of node: SchemaNode) -> SchemaFormat? {
        guard let use = node.format, self.formats == .asserted || use.isAsserted else { return nil }
        return use.format
    }
}
