import CloudEvents

extension CompiledFilter {
    /// Like ``matches(_:)``, and says which sub-filter decided, on which value.
    public func explain(_ event: CloudEvent) -> MatchExplanation {
        self.explain(event, at: 0)
    }

    private func explain(_ event: CloudEvent, at index: Int) -> MatchExplanation {
        switch self.nodes[index] {
        case .everything: return MatchExplanation(matched: true, reason: "there is no filter")
        case .attributes(let comparison, let tests): return Self.explain(event, comparison, tests)
        case .all(let children):
            for (position, child) in children.enumerated() {
                let explanation = self.explain(event, at: child)
                if !explanation.matched {
                    let place = children.count > 1 ? "all[\(position)] → " : ""
                    return MatchExplanation(matched: false, reason: place + explanation.reason)
                }
            }
            return MatchExplanation(
                matched: true,
                reason: children.count == 1
                    ? self.explain(event, at: children[0]).reason : "all \(children.count) filters hold")
        case .any(let children):
            var reasons: [String] = []
            for child in children {
                let explanation = self.explain(event, at: child)
                if explanation.matched { return explanation }
                if reasons.count < 5 { reasons.append(explanation.reason) }
            }
            if children.count > reasons.count { reasons.append("and \(children.count - reasons.count) more") }
            return MatchExplanation(matched: false, reason: "any: none holds (\(reasons.joined(separator: "; ")))")
        case .not(let child):
            let explanation = self.explain(event, at: child)
            return MatchExplanation(
                matched: !explanation.matched, reason: "not (\(explanation.reason))")
        case .sql(let expression): return Self.explain(event, expression)
        }
    }

    private static func explain(
        _ event: CloudEvent, _ comparison: Comparison, _ tests: [AttributeTest]
    ) -> MatchExplanation {
        var reasons: [String] = []
        for test in tests {
            let name = String(decoding: test.name, as: UTF8.self)
            let expected = ExplanationText.quoted(String(decoding: test.value, as: UTF8.self))
            let isMatch = test.matches(event, comparison)
            let verb =
                switch comparison {
                case .exact: isMatch ? "is" : "is not"
                case .prefix: isMatch ? "begins with" : "does not begin with"
                case .suffix: isMatch ? "ends with" : "does not end with"
                }
            guard let actual = event.attributes[name] else {
                return MatchExplanation(
                    matched: false, reason: "\(comparison.rawValue) \(name): the event has no such attribute")
            }
            let reason = "\(comparison.rawValue) \(name): \(ExplanationText.quoted(actual)) \(verb) \(expected)"
            if !isMatch { return MatchExplanation(matched: false, reason: reason) }
            reasons.append(reason)
        }
        return MatchExplanation(matched: true, reason: reasons.joined(separator: ", "))
    }

    private static func explain(_ event: CloudEvent, _ expression: CESQLExpression) -> MatchExplanation {
        let result = expression.evaluate(event)
        if let error = result.error { return MatchExplanation(matched: false, reason: "sql: \(error.description)") }
        return switch result.value {
        case .boolean(let value):
            MatchExplanation(matched: value, reason: "sql: evaluates to \(value)")
        case .integer(let value):
            MatchExplanation(matched: false, reason: "sql: evaluates to the integer \(value), not to a Boolean")
        case .string(let value):
            MatchExplanation(
                matched: false,
                reason: "sql: evaluates to the string \(ExplanationText.quoted(value)), not to a Boolean")
        }
    }
}
