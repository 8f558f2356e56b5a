import CloudEvents
import Subscriptions
import Testing

@Suite struct CompiledFilterTests {
    private static let event = CloudEvent.sample([
        "subject": "orders/42.json", "priority": 7, "urgent": true, "region": "Ü-west",
    ])

    static let samples: [(filter: Filter, matches: Bool, reason: String)] = [
        (
            .exact(["type": "com.example.order.created"]), true,
            "exact type: 'com.example.order.created' is 'com.example.order.created'"
        ),
        (.exact(["type": "a.c"]), false, "exact type: 'com.example.order.created' is not 'a.c'"),
        (.exact(["type": "COM.example.order.created"]), false, "exact type"),
        (.exact(["nosuch": "x"]), false, "exact nosuch: the event has no such attribute"),
        (.exact(["priority": "7"]), true, "exact priority: '7' is '7'"),
        (.exact(["urgent": "true"]), true, "exact urgent"),
        (.exact(["urgent": "TRUE"]), false, "exact urgent: 'true' is not 'TRUE'"),
        (.exact(["type": "com.example.order.created", "priority": "8"]), false, "exact priority: '7' is not '8'"),
        (.prefix(["type": "com.example."]), true, "begins with 'com.example.'"),
        (.prefix(["subject": "orders/", "region": "Ü"]), true, ""),
        (.prefix(["type": "com.example.order.created.v2"]), false, "does not begin with"),
        (.prefix(["nosuch": "x"]), false, "no such"),
        (.suffix(["subject": ".json"]), true, "ends with '.json'"),
        (.suffix(["subject": "xorders/42.json"]), false, "does not end"),
        (
            .suffix(["region": "west", "subject": ".xml"]), false,
            "suffix subject: 'orders/42.json' does not end with '.xml'"
        ),
        (.all([.exact(["priority": "7"]), .suffix(["subject": ".json"])]), true, "all 2 filters hold"),
        (.all([.exact(["priority": "7"]), .suffix(["subject": ".xml"])]), false, "all[1] → suffix subject"),
        (.any([.exact(["priority": "1"]), .exact(["priority": "7"])]), true, "exact priority: '7' is '7'"),
        (
            .any([.exact(["priority": "1"]), .exact(["nosuch": "7"])]), false,
            "any: none holds (exact priority: '7' is not '1'; exact nosuch"
        ),
        (.not(.exact(["priority": "7"])), false, "not (exact priority: '7' is '7')"),
        (.not(.exact(["nosuch": "7"])), true, "not (exact nosuch: the event has no such attribute)"),
        (.not(.not(.exact(["priority": "7"]))), true, "not (not (exact"),
        (.sql("priority > 5 AND EXISTS urgent"), true, "sql: evaluates to true"),
        (.sql("priority > 7"), false, "sql: evaluates to false"),
        (.sql("firstname = 'x'"), false, "sql: missingAttribute firstname"),
        (.not(.sql("firstname = 'x'")), true, "not (sql: missingAttribute firstname)"),
        (.sql("priority"), false, "sql: evaluates to the integer 7, not to a Boolean"),
        (.sql("subject"), false, "sql: evaluates to the string 'orders/42.json', not to a Boolean"),
        (.sql("urgent"), true, "true"),
        (.sql("1 / 0 = 0 OR TRUE"), false, "sql: math /"), (.sql("LEFT(type, 3) = 'com'"), true, "true"),
    ]

    @Test(arguments: samples)
    func aFilterDecidesAndSaysWhy(_ sample: (filter: Filter, matches: Bool, reason: String)) throws {
        let compiled = try CompiledFilter(sample.filter)
        #expect(compiled.matches(Self.event) == sample.matches)
        let explanation = compiled.explain(Self.event)
        #expect(explanation.matched == sample.matches)
        #expect(explanation.reason.contains(sample.reason), "\(explanation.reason)")
    }

    static let faults: [(filter: Filter, pointer: String, word: String)] = [
        (.exact([:]), "/exact", "at least one attribute"), (.prefix([:]), "/prefix", "at least one"),
        (.suffix(["type": ""]), "/suffix/type", "empty"),
        (.exact(["": "x"]), "/exact/", "name of an attribute"), (.exact(["Type": "x"]), "/exact/Type", "lower-case"),
        (.exact(["a/b~c": "x"]), "/exact/a~1b~0c", "lower-case"), (.all([]), "/all", "at least one filter"),
        (.any([]), "/any", "at least one filter"),
        (.not(.all([.exact(["type": "x"]), .any([])])), "/not/all/1/any", "at least one"),
        (.sql("type ="), "/sql", "at character 6"),
        (.any([.exact(["a": "b"]), .not(.sql("("))]), "/any/1/not/sql", "is no CESQL expression"),
        (.exact(["a": String(repeating: "x", count: 65_537)]), "/exact/a", "65536"),
    ]

    @Test(arguments: faults)
    func aFaultyFilterIsRefusedWithItsPlace(_ fault: (filter: Filter, pointer: String, word: String)) {
        let error = #expect(throws: FilterError.self) { try CompiledFilter(fault.filter) }
        #expect(error?.pointer == fault.pointer)
        #expect(error?.detail.contains(fault.word) == true, "\(error?.detail ?? "")")
    }

    @Test func nestingIsLimitedWithoutExhaustingTheStack() throws {
        func nested(_ depth: Int) -> Filter {
            (1..<depth).reduce(Filter.exact(["type": "x"])) { inner, level in
                level.isMultiple(of: 2) ? .not(inner) : .all([inner])
            }
        }
        let deepest = try CompiledFilter(nested(32))
        #expect(deepest.matches(Self.event) == deepest.explain(Self.event).matched)
        for depth in [33, 10_000] {
            let error = #expect(throws: FilterError.self) { try CompiledFilter(nested(depth)) }
            #expect(error?.detail.contains("deeper than 32") == true)
        }
    }

    @Test func theNumberOfPartsIsLimited() throws {
        let attributes = Dictionary(uniqueKeysWithValues: (0..<999).map { ("a\($0)", "x") })
        #expect(try !CompiledFilter(.exact(attributes)).matches(Self.event))
        let error = #expect(throws: FilterError.self) { try CompiledFilter(.not(.exact(attributes))) }
        #expect(error?.pointer == "")
        #expect(error?.detail.contains("more than 1000") == true)
        #expect(throws: FilterError.self) { try CompiledFilter(.any(Array(repeating: .exact(["a": "x"]), count: 500))) }
    }

    @Test func aListOfFiltersIsTheirConjunction() throws {
        #expect(try CompiledFilter(allOf: []).matches(Self.event))
        #expect(try CompiledFilter(allOf: []).explain(Self.event).reason == "there is no filter")
        let both = try CompiledFilter(allOf: [.exact(["priority": "7"]), .sql("region = 'east'")])
        #expect(!both.matches(Self.event))
        #expect(both.explain(Self.event).reason == "all[1] → sql: evaluates to false")
        let error = #expect(throws: FilterError.self) { try CompiledFilter(allOf: [.exact(["a": "b"]), .sql("(")]) }
        #expect(error?.pointer == "/1/sql")
    }

    @Test func longValuesAreCutInExplanations() throws {
        let event = CloudEvent.sample(["subject": String(repeating: "x", count: 10_000)])
        #expect(try CompiledFilter(.exact(["subject": "y"])).explain(event).reason.count < 200)
    }
}
