import Testing

struct GherkinFeatureTests {
    private static let text = """
        @tag
        Feature: Bindings

            Free text, which says what the feature is about.

            Background:
            Given a start

            Scenario Outline: With <a> and <b>
            # a comment
            When sent
                \"""
                POST /<a>

                  {"b": "<b>"}
                \"""
            Then it is:
                | key | value |
                |   a | <a>   |
                |   b |       |
            Examples:
            | a | b   |
            | 1 | one |
            | 2 | two |

            Scenario: Plain
            Then nothing
        """

    @Test func outlinesAreFilledWithEveryExample() throws {
        let feature = try GherkinFeature(Self.text)
        #expect(feature.name == "Bindings")
        #expect(feature.scenarios.map(\.name) == ["With 1 and one", "With 2 and two", "Plain"])
        let steps = feature.scenarios[1].steps
        #expect(steps.map(\.text) == ["a start", "sent", "it is:"])
        #expect(steps[1].docString == "POST /2\n\n  {\"b\": \"two\"}")
        #expect(steps[2].table == [["key", "value"], ["a", "2"], ["b", ""]])
        #expect(feature.scenarios[2].steps.map(\.text) == ["a start", "nothing"])
    }

    @Test(arguments: [
        "Feature: x\nScenario: y\nGiven z\n\"\"\"\nno end", "Feature: x\nScenario: y\nUnless z", "Feature: x\nGiven z",
        "Feature: x\nScenario: y\n| a |",
    ])
    func lineThatIsNotUnderstoodIsNotPassedOver(text: String) {
        #expect(throws: GherkinFeature.SyntaxError.self) { try GherkinFeature(text) }
    }
}
