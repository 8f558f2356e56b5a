import CloudEvents

/// Turns a filter into the nodes of a ``CompiledFilter``. Works off a list instead of recursing, so that no depth of
/// nesting can exhaust the stack.
struct FilterCompiler {
    private struct Pending {
        var filter: Filter
        /// Where its node goes.
        var index: Int
        var depth: Int
        var path: [String]
    }

    private var nodes: [CompiledFilter.Node] = []
    private var pending: [Pending] = []
    private var partCount = 0

    static func nodes(of filter: Filter) throws(FilterError) -> [CompiledFilter.Node] {
        var compiler = FilterCompiler()
        _ = try compiler.reserve(filter, depth: 1, path: [])
        return try compiler.finish()
    }

    static func nodes(ofAll filters: [Filter]) throws(FilterError) -> [CompiledFilter.Node] {
        var compiler = FilterCompiler()
        compiler.nodes.append(.everything)
        var children: [Int] = []
        for (index, filter) in filters.enumerated() {
            children.append(try compiler.reserve(filter, depth: 1, path: [String(index)]))
        }
        if !children.isEmpty { compiler.nodes[0] = .all(children) }
        return try compiler.finish()
    }

    private mutating func finish() throws(FilterError) -> [CompiledFilter.Node] {
        var cursor = 0
        while cursor < self.pending.count {
            let next = self.pending[cursor]
            self.nodes[next.index] = try self.node(for: next)
            cursor += 1
        }
        return self.nodes
    }

    private mutating func reserve(_ filter: Filter, depth: Int, path: [String]) throws(FilterError) -> Int {
        guard depth <= CompiledFilter.nestingMax else {
            throw Self.error(path, "filters nest deeper than \(CompiledFilter.nestingMax); write it with fewer levels")
        }
        try self.count(1)
        self.nodes.append(.everything)
        self.pending.append(Pending(filter: filter, index: self.nodes.count - 1, depth: depth, path: path))
        return self.nodes.count - 1
    }

    private mutating func count(_ parts: Int) throws(FilterError) {
        self.partCount += parts
        guard self.partCount <= CompiledFilter.nodesMax else {
            throw Self.error(
                [],
                "there are more than \(CompiledFilter.nodesMax) filters and attributes in all; "
                    + "split the subscription, or use sql with IN")
        }
    }

    private mutating func node(for next: Pending) throws(FilterError) -> CompiledFilter.Node {
        switch next.filter {
        case .exact(let values): return try self.attributes(.exact, values, next.path)
        case .prefix(let values): return try self.attributes(.prefix, values, next.path)
        case .suffix(let values): return try self.attributes(.suffix, values, next.path)
        case .all(let children): return .all(try self.children(children, next, "all"))
        case .any(let children): return .any(try self.children(children, next, "any"))
        case .not(let child):
            return .not(try self.reserve(child, depth: next.depth + 1, path: next.path + ["not"]))
        case .sql(let text):
            try self.count(CompiledFilter.nodesPerExpression - 1)
            do {
                return .sql(try CESQLExpression(parsing: text))
            } catch {
                throw Self.error(next.path + ["sql"], "is no CESQL expression: \(error.description)")
            }
        }
    }

    private mutating func children(
        _ filters: [Filter], _ parent: Pending, _ dialect: String
    ) throws(FilterError) -> [Int] {
        let path = parent.path + [dialect]
        guard !filters.isEmpty else { throw Self.error(path, "needs at least one filter") }
        var indices: [Int] = []
        for (index, filter) in filters.enumerated() {
            indices.append(try self.reserve(filter, depth: parent.depth + 1, path: path + [String(index)]))
        }
        return indices
    }

    private mutating func attributes(
        _ comparison: CompiledFilter.Comparison, _ values: [String: String], _ path: [String]
    ) throws(FilterError) -> CompiledFilter.Node {
        let path = path + [comparison.rawValue]
        guard !values.isEmpty else { throw Self.error(path, "needs at least one attribute, such as {\"type\": \"…\"}") }
        try self.count(values.count)
        var tests: [CompiledFilter.AttributeTest] = []
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            let path = path + [name]
            guard Self.isAttributeName(name) else {
                throw Self.error(path, "'\(name)' is no name of an attribute: use lower-case letters and digits")
            }
            guard !value.isEmpty else {
                throw Self.error(
                    path, "must not be empty; to ask whether an attribute is there use sql: EXISTS \(name)")
            }
            guard value.utf8.count <= CompiledFilter.valueBytesMax else {
                throw Self.error(
                    path, "has \(value.utf8.count) bytes; at most \(CompiledFilter.valueBytesMax) are allowed")
            }
            tests.append(CompiledFilter.AttributeTest(name: Array(name.utf8), value: Array(value.utf8)))
        }
        return .attributes(comparison, tests)
    }

    private static func isAttributeName(_ name: String) -> Bool {
        (1...255).contains(name.utf8.count)
            && name.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) }
    }

    private static func error(_ path: [String], _ detail: String) -> FilterError {
        FilterError(pointer: JSONPointer.text(of: path), detail: detail)
    }
}
