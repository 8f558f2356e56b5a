extension SchemaInclusion {
    mutating func showsString(_ facts: SchemaFacts, _ node: SchemaNode) -> Bool {
        var holds = true
        if let max = node.maxLength, facts.least(\.maxLength).map({ $0 > max }) ?? true {
            holds = self.fails(node, "maxLength", "allows \(max) characters, and longer texts come")
        }
        if let min = node.minLength, min > 0, facts.greatest(\.minLength) ?? 0 < min {
            holds = self.fails(node, "minLength", "asks for \(min) characters, and shorter texts come")
        }
        if let text = node.pattern?.text, !facts.nodes.contains(where: { $0.pattern?.text == text }) {
            holds = self.fails(node, "pattern", "it cannot be shown that all texts that come match it")
        }
        if let format = self.wide.assertedFormat(of: node),
            !facts.nodes.contains(where: { self.narrow.assertedFormat(of: $0) == format })
        {
            holds = self.fails(node, "format", "is asserted, and texts of other forms come")
        }
        return holds
    }

    mutating func showsNumber(_ facts: SchemaFacts, _ node: SchemaNode, isWhole: Bool) -> Bool {
        var holds = true
        let nodes = facts.nodes
        if let max = node.maximum,
            !nodes.contains(where: {
                $0.maximum.map { $0 <= max } ?? false || $0.exclusiveMaximum.map { $0 <= max } ?? false
            })
        {
            holds = self.fails(node, "maximum", "greater numbers come")
        }
        if let min = node.minimum,
            !nodes.contains(where: {
                $0.minimum.map { $0 >= min } ?? false || $0.exclusiveMinimum.map { $0 >= min } ?? false
            })
        {
            holds = self.fails(node, "minimum", "smaller numbers come")
        }
        if let max = node.exclusiveMaximum,
            !nodes.contains(where: {
                $0.maximum.map { $0 < max } ?? false || $0.exclusiveMaximum.map { $0 <= max } ?? false
            })
        {
            holds = self.fails(node, "exclusiveMaximum", "the bound itself or greater numbers come")
        }
        if let min = node.exclusiveMinimum,
            !nodes.contains(where: {
                $0.minimum.map { $0 > min } ?? false || $0.exclusiveMinimum.map { $0 >= min } ?? false
            })
        {
            holds = self.fails(node, "exclusiveMinimum", "the bound itself or smaller numbers come")
        }
        if let divisor = node.multipleOf, !(isWhole && DecimalNumber.one.isMultiple(of: divisor)),
            !nodes.contains(where: { $0.multipleOf?.isMultiple(of: divisor) ?? false })
        {
            holds = self.fails(node, "multipleOf", "other numbers come")
        }
        return holds
    }
}
