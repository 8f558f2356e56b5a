extension SchemaInclusion {
    mutating func showsArray(_ facts: SchemaFacts, _ node: SchemaNode) throws(OverLimit) -> Bool {
        var holds = true
        let itemsMax = facts.itemsMax(in: self.narrow)
        if let max = node.maxItems, itemsMax.map({ $0 > max }) ?? true {
            holds = self.fails(node, "maxItems", "allows \(max) items, and more come")
        }
        if let min = node.minItems, min > 0, facts.greatest(\.minItems) ?? 0 < min {
            holds = self.fails(node, "minItems", "asks for \(min) items, and fewer come")
        }
        if node.uniqueItems, !facts.nodes.contains(where: \.uniqueItems), itemsMax ?? 2 > 1 {
            holds = self.fails(node, "uniqueItems", "the same item may come twice")
        }
        if let rest = node.unevaluatedItems, self.wide.nodes[rest].always != true {
            holds = self.fails(node, "unevaluatedItems", "can only be compared with the same schema")
        }
        if !holds, self.isEnough { return false }
        holds = try self.showsItems(facts, node, itemsMax) && holds
        if !holds, self.isEnough { return false }
        return try self.showsContained(facts, node, itemsMax) && holds
    }

    private mutating func showsItems(
        _ facts: SchemaFacts, _ node: SchemaNode, _ itemsMax: Int?
    ) throws(OverLimit) -> Bool {
        var holds = true
        let named = max(node.prefixItems.count, facts.nodes.map(\.prefixItems.count).max() ?? 0)
        // Behind the last that is named, all are alike.
        for index in 0...named where index < itemsMax ?? .max {
            guard let schema = index < node.prefixItems.count ? node.prefixItems[index] : node.items else { continue }
            holds = try self.showsOfPart(facts.items(at: index), schema) && holds
            if !holds, self.isEnough { return false }
        }
        return holds
    }

    private mutating func showsContained(
        _ facts: SchemaFacts, _ node: SchemaNode, _ itemsMax: Int?
    ) throws(OverLimit) -> Bool {
        guard let contained = node.contains else { return true }
        let min = node.minContains ?? 1
        var hasEnough = min == 0
        for known in facts.nodes where !hasEnough && known.minContains ?? 1 >= min {
            guard let schema = known.contains else { continue }
            hasEnough = try self.showsOfPartSilently([schema], contained)
        }
        if !hasEnough, facts.greatest(\.minItems) ?? 0 >= min {
            let named = facts.nodes.map(\.prefixItems.count).max() ?? 0
            hasEnough = true
            for index in 0...named where hasEnough && index < itemsMax ?? .max {
                hasEnough = try self.showsOfPartSilently(facts.items(at: index), contained)
            }
        }
        guard hasEnough else {
            return self.fails(node, "contains", "it cannot be shown that what comes has \(min) such items")
        }
        guard let max = node.maxContains, itemsMax.map({ $0 > max }) ?? true else { return true }
        for known in facts.nodes {
            guard let schema = known.contains, let knownMax = known.maxContains, knownMax <= max else { continue }
            if try self.areTwins(schema, contained) { return true }
        }
        return self.fails(node, "maxContains", "it cannot be shown that no more than \(max) such items come")
    }
}
