import Foundation

/// As much of Gherkin as the features of the suite are written in: a background, scenarios, outlines with examples,
/// steps with texts and tables.
struct GherkinFeature {
    struct Step: Sendable {
        var text: String
        var docString: String?
        var table: [[String]] = []
    }

    struct Scenario: Sendable {
        var name: String
        var steps: [Step]
    }

    /// A line that is not understood.
    struct SyntaxError: Error {
        var line: Int
        var text: String
    }

    private(set) var name = ""
    /// The scenarios, those of outlines once for every example, each with the steps of the background before its own.
    private(set) var scenarios: [Scenario] = []

    private enum Section { case feature, background, scenario, examples }

    private var section = Section.feature
    private var background: [Step] = []
    private var current: Scenario?
    private var examples: [[String]] = []

    init(_ text: String) throws {
        let lines = text.components(separatedBy: "\n")
        var index = 0
        while index < lines.count {
            let line = lines[index].trimmingCharacters(in: .whitespacesAndNewlines)
            if line == "\"\"\"" {
                let end = lines[(index + 1)...].firstIndex { $0.trimmingCharacters(in: .whitespaces) == "\"\"\"" }
                guard let end else { throw SyntaxError(line: index + 1, text: "a text without an end") }
                let indentation = lines[index].prefix { $0 == " " }.count
                try self.addDocString(
                    lines[(index + 1)..<end].map { Self.unindented($0, by: indentation) }.joined(separator: "\n"),
                    line: index)
                index = end + 1
            } else {
                try self.read(line, number: index + 1)
                index += 1
            }
        }
        self.finishScenario()
    }

    private static func unindented(_ line: String, by indentation: Int) -> String {
        String(line.dropFirst(min(indentation, line.prefix { $0 == " " }.count)))
    }

    private mutating func read(_ line: String, number: Int) throws {
        if line.isEmpty || line.hasPrefix("#") || line.hasPrefix("@") { return }
        if let name = Self.rest(of: line, after: ["Feature:"]) {
            self.name = name
        } else if Self.rest(of: line, after: ["Background:"]) != nil {
            self.section = .background
        } else if let name = Self.rest(of: line, after: ["Scenario Outline:", "Scenario Template:", "Scenario:"]) {
            self.finishScenario()
            self.section = .scenario
            self.current = Scenario(name: name, steps: [])
        } else if Self.rest(of: line, after: ["Examples:", "Scenarios:"]) != nil {
            self.section = .examples
        } else if line.hasPrefix("|") {
            try self.addRow(line, number: number)
        } else if let text = Self.rest(of: line, after: ["Given ", "When ", "Then ", "And ", "But ", "* "]) {
            try self.add(Step(text: text), number: number)
        } else if self.section != .feature {
            throw SyntaxError(line: number, text: line)
        }
    }

    private static func rest(of line: String, after words: [String]) -> String? {
        words.first { line.hasPrefix($0) }.map {
            line.dropFirst($0.count).trimmingCharacters(in: .whitespaces)
        }
    }

    private mutating func add(_ step: Step, number: Int) throws {
        switch self.section {
        case .background: self.background.append(step)
        case .scenario: self.current?.steps.append(step)
        case .feature, .examples: throw SyntaxError(line: number, text: step.text)
        }
    }

    private mutating func addRow(_ line: String, number: Int) throws {
        let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        if self.section == .examples {
            self.examples.append(cells)
        } else {
            try self.changeLastStep(number: number) { $0.table.append(cells) }
        }
    }

    private mutating func addDocString(_ text: String, line: Int) throws {
        try self.changeLastStep(number: line + 1) { $0.docString = text }
    }

    private mutating func changeLastStep(number: Int, _ body: (inout Step) -> Void) throws {
        switch self.section {
        case .background where !self.background.isEmpty: body(&self.background[self.background.count - 1])
        case .scenario:
            guard var scenario = self.current, var step = scenario.steps.popLast() else { fallthrough }
            body(&step)
            scenario.steps.append(step)
            self.current = scenario
        default: throw SyntaxError(line: number, text: "a text or a table without a step")
        }
    }

    private mutating func finishScenario() {
        guard let scenario = self.current else { return }
        self.current = nil
        let names = self.examples.first ?? []
        for row in self.examples.isEmpty ? [[]] : Array(self.examples.dropFirst()) {
            let values = Dictionary(zip(names, row)) { $1 }
            self.scenarios.append(
                Scenario(
                    name: Self.filled(scenario.name, values),
                    steps: (self.background + scenario.steps).map { step in
                        Step(
                            text: Self.filled(step.text, values),
                            docString: step.docString.map { Self.filled($0, values) },
                            table: step.table.map { $0.map { Self.filled($0, values) } })
                    }))
        }
        self.examples = []
    }

    /// The text with the values of an example in place of `<name>`.
    private static func filled(_ text: String, _ values: [String: String]) -> String {
        values.reduce(text) { $0.replacingOccurrences(of: "<\($1.key)>", with: $1.value) }
    }
}
