import CloudEvents
import Subscriptions
import Testing

@Suite struct SubscriptionIndexTests {
    private static let types = ["a", "a.b", "a.b.c", "a.bc", "b", "b.c.d", "true", "5"]
    private static let values = ["x", "xy", "xyz", "y", "true", "5", "ü"]
    private static let names = ["type", "source", "subject", "region", "priority", "urgent"]

    private static func filter(_ generator: inout SeededGenerator, depth: Int = 0) -> Filter {
        func pairs() -> [String: String] {
            var result: [String: String] = [:]
            for _ in 0..<Int.random(in: 1...2, using: &generator) {
                let name = generator.pick(Self.names)
                result[name] = generator.pick(name == "type" ? Self.types : Self.values)
            }
            return result
        }
        func several() -> [Filter] {
            (0..<Int.random(in: 1...3, using: &generator)).map { _ in Self.filter(&generator, depth: depth + 1) }
        }
        switch generator.next() % (depth < 3 ? 8 : 4) {
        case 0: return .exact(pairs())
        case 1: return .prefix(pairs())
        case 2: return .suffix(pairs())
        case 3, 4: return .sql(Self.expression(&generator, depth: depth))
        case 5: return .all(several())
        case 6: return .any(several())
        default: return .not(Self.filter(&generator, depth: depth + 1))
        }
    }

    private static func expression(_ generator: inout SeededGenerator, depth: Int) -> String {
        func term() -> String { Self.expression(&generator, depth: depth + 1) }
        let name = generator.pick(Self.names)
        let value = generator.pick(name == "type" ? Self.types : Self.values)
        switch generator.next() % (depth < 4 ? 14 : 8) {
        case 0, 1: return "\(name) = '\(value)'"
        case 2: return "\(name) LIKE '\(value)%'"
        case 3: return "\(name) LIKE '\(value)'"
        case 4: return "\(name) IN ('\(value)', '\(generator.pick(Self.values))')"
        case 5: return "'\(value)' = \(name)"
        case 6:
            return generator.pick([
                "\(name) != '\(value)'", "\(name) NOT LIKE '\(value)%'", "\(name) NOT IN ('\(value)')",
            ])
        case 7: return generator.pick(["EXISTS \(name)", "\(name) = 5", "\(name) = TRUE", "\(name) LIKE '_%\(value)'"])
        case 8: return "NOT (\(term()))"
        case 9, 10:
            return
                "(\(term())) OR \(term())"
        case 11:
            return
                "\(term()) XOR \(term())"
        default:
            return
                "\(term()) AND (\(term()))"
        }
    }

    private static func subscription(_ generator: inout SeededGenerator, name: Int) throws -> CompiledSubscription {
        let types =
            generator.chance(40)
            ? (0..<Int.random(in: 1...3, using: &generator)).map { _ in generator.pick(Self.types) } : []
        let filters = (0..<Int.random(in: 0...2, using: &generator)).map { _ in Self.filter(&generator) }
        return try CompiledSubscription(
            Subscription(
                id: SubscriptionID(tenant: generator.pick(["acme", "acme2", "other"]), name: "s\(name)"),
                source: generator.chance(25) ? generator.pick(Self.values) : nil, types: types, filters: filters,
                sink: "https://example.com/"))
    }

    private static func event(_ generator: inout SeededGenerator) -> CloudEvent {
        var event = CloudEvent(id: "1", source: generator.pick(Self.values), type: generator.pick(Self.types))
        if generator.chance(95) {
            event.attributes.append(name: "tenantid", value: generator.pick(["acme", "acme2", "third"]))
        }
        for name in ["subject", "region"] where generator.chance(60) {
            event.attributes.append(name: name, value: generator.pick(Self.values))
        }
        if generator.chance(50) {
            event.attributes.append(name: "priority", value: "5", kind: generator.pick([.integer, .string]))
        }
        if generator.chance(50) {
            event.attributes.append(name: "urgent", value: "true", kind: generator.pick([.boolean, .string]))
        }
        return event
    }

    /// The index, under insertions, replacements and removals, always finds what asking everyone finds.
    @Test func theIndexFindsExactlyWhatAskingEveryoneFinds() throws {
        let (seed, iterations) = SeededGenerator.settings(iterations: 4_000)
        var generator = SeededGenerator(seed: seed)
        var index = SubscriptionIndex()
        var all: [Int: CompiledSubscription] = [:]
        var found: [Int] = [99]
        var matchCount = 0
        for iteration in 0..<iterations {
            let slot = Int.random(in: 0..<150, using: &generator)
            if generator.chance(70) {
                let subscription = try Self.subscription(&generator, name: iteration)
                index.insert(subscription, slot: slot)
                all[slot] = subscription
            } else {
                index.remove(slot: slot)
                all[slot] = nil
            }
            let event = Self.event(&generator)
            index.match(event, into: &found)
            let expected = all.filter { $0.value.matches(event) }.keys.sorted()
            #expect(found == expected, "seed \(seed), iteration \(iteration)")
            #expect(index.count == all.count)
            matchCount += expected.count
            for subscription in all.values.prefix(20) {
                #expect(
                    subscription.explain(event).matched == subscription.matches(event),
                    "seed \(seed), iteration \(iteration)")
            }
        }
        #expect(matchCount > iterations / 2)
        for slot in all.keys { index.remove(slot: slot) }
        index.match(.sample(), into: &found)
        #expect(found.isEmpty && index.count == 0)
    }

    @Test func aCopyIsNotChangedByLaterInsertions() throws {
        var index = SubscriptionIndex()
        let subscription = try CompiledSubscription(
            Subscription(id: SubscriptionID(tenant: "acme", name: "a"), types: ["t"], sink: "https://example.com/"))
        index.insert(subscription, slot: 1)
        let copy = index
        index.remove(slot: 1)
        var slots: [Int] = []
        copy.match(.sample(["type": "t"]), into: &slots)
        #expect(slots == [1])
        index.match(.sample(["type": "t"]), into: &slots)
        #expect(slots.isEmpty)
    }

    /// Thousands of subscriptions of one tenant, told apart by one attribute or another: an event asks only few of
    /// them.
    @Test(arguments: [
        "type = 'order.%'", "subject = 'order.%'", "type LIKE 'order.%.x%'", "type = 'all' AND subject = '%'",
        "source = '/x' AND (region = '%' OR region = '%')", "type IN ('order.%', 'bill.%')",
        "type = 'order.%' AND EXISTS subject",
    ])
    func manySubscriptionsLeaveFewCandidates(_ template: String) throws {
        var index = SubscriptionIndex()
        for number in 0..<2_000 {
            // The first % is the number; a % after it is the wildcard of LIKE.
            let text =
                template.contains("LIKE")
                ? "type LIKE 'order.\(number).x%'"
                : template.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "\(number)")
            let subscription = try CompiledSubscription(
                Subscription(
                    id: SubscriptionID(tenant: "acme", name: "s\(number)"), filters: [.sql(text)],
                    sink: "https://example.com/"))
            index.insert(subscription, slot: number)
        }
        let type = template.contains("LIKE") ? "order.77.xyz" : template.contains("'all'") ? "all" : "order.77"
        let event = CloudEvent.sample([
            "type": type, "source": "/x", "subject": template.contains("'all'") ? "77" : "order.77", "region": "77",
        ])
        var slots: [Int] = []
        index.match(event, into: &slots)
        #expect(slots == [77])
        #expect(index.candidateCount(for: event) <= 5)
    }
}
