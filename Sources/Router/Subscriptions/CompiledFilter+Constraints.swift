extension CompiledFilter {
    /// What the attributes of an event must look like to pass: necessary, not sufficient.
    var constraints: AttributeConstraints { self.constraints(at: 0) }

    private func constraints(at index: Int) -> AttributeConstraints {
        switch self.nodes[index] {
        case .attributes(.exact, let tests):
            return tests.reduce(into: AttributeConstraints()) { $0.require($1.attribute, [.exact($1.value)]) }
        case .attributes(.prefix, let tests):
            return tests.reduce(into: AttributeConstraints()) { $0.require($1.attribute, [.prefix($1.value)]) }
        case .all(let children):
            return children.reduce(into: AttributeConstraints()) { $0.formConjunction(self.constraints(at: $1)) }
        case .any(let children):
            guard let first = children.first else { return AttributeConstraints() }
            return children.dropFirst().reduce(into: self.constraints(at: first)) {
                $0.formDisjunction(self.constraints(at: $1))
            }
        case .sql(let expression): return expression.constraints
        case .attributes(.suffix, _), .not, .everything: return AttributeConstraints()
        }
    }
}

extension CompiledFilter.AttributeTest {
    fileprivate var attribute: String { String(decoding: self.name, as: UTF8.self) }
}
