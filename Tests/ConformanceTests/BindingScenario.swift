import CloudEvents
import Foundation
import NIOCore
import Testing

/// A scenario of the features of the protocol bindings.
struct BindingScenario: Sendable, CustomTestStringConvertible {
    var feature: String
    var scenario: GherkinFeature.Scenario

    var testDescription: String { "\(self.feature): \(self.scenario.name)" }

    /// All scenarios of all features, examples filled in; none where the suite is absent.
    static let all: [BindingScenario] = ConformanceSuite.cloudEvents.paths(endingWith: ".feature").flatMap { path in
        do {
            let feature = try GherkinFeature(try ConformanceSuite.cloudEvents.text(at: path))
            return feature.scenarios.map { BindingScenario(feature: feature.name, scenario: $0) }
        } catch {
            Issue.record("\(path) cannot be read: \(error)")
            return []
        }
    }

    /// A step that this runner does not know: the suite has become larger, and the runner has to follow.
    struct UnknownStep: Error {
        var text: String
    }

    /// What the steps so far have led to.
    private struct State {
        var message: EventMessage?
        var event: CloudEvent?
    }

    /// Goes through the steps. Gives the message that the scenario is about and the event that was read from it.
    func run() throws -> (message: EventMessage, event: CloudEvent) {
        var state = State()
        for step in self.scenario.steps { try self.perform(step, &state) }
        return (try #require(state.message), try #require(state.event))
    }

    private func perform(_ step: GherkinFeature.Step, _ state: inout State) throws {
        switch step.text {
        case "HTTP Protocol Binding is supported", "Kafka Protocol Binding is supported": break
        case "an HTTP request": state.message = try Self.httpRequest(try #require(step.docString))
        case "a Kafka message with payload:":
            state.message = EventMessage(
                binding: .kafka, headers: [], body: ByteBuffer(string: try #require(step.docString)))
        case "Kafka headers:":
            state.message?.headers = Self.pairs(step.table).map { (name: $0.key, value: $0.value) }
        case "parsed as HTTP request", "parsed as Kafka message":
            let events = try #require(state.message).events()
            #expect(events.count == 1)
            state.event = events.first
        case "the attributes are:":
            let expected = Dictionary(Self.pairs(step.table).map { ($0.key, $0.value) }) { $1 }
            #expect(EventContent(try #require(state.event)).attributes == expected)
        case "the data is equal to the following JSON:":
            let data = try #require(state.event?.data)
            let expected = EventContent.canonicalJSON(Data(try #require(step.docString).utf8))
            #expect(expected != nil)
            #expect(EventContent.canonicalJSON(Data(data.readableBytesView)) == expected)
        default: throw UnknownStep(text: step.text)
        }
    }

    /// The rows of a table with the columns `key` and `value`.
    private static func pairs(_ table: [[String]]) -> [(key: String, value: String)] {
        #expect(table.first == ["key", "value"])
        return table.dropFirst().filter { $0.count == 2 }.map { (key: $0[0], value: $0[1]) }
    }

    /// A request as it stands on the wire, but for its line ends.
    private static func httpRequest(_ text: String) throws -> EventMessage {
        var lines = text.components(separatedBy: "\n")[...]
        #expect(lines.popFirst()?.hasSuffix("HTTP/1.1") == true)
        var headers: [(name: String, value: String)] = []
        while let line = lines.popFirst(), !line.isEmpty {
            let colon = try #require(line.firstIndex(of: ":"))
            headers.append(
                (
                    name: String(line[..<colon]),
                    value: line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
                ))
        }
        return EventMessage(
            binding: .http, headers: headers, body: ByteBuffer(string: lines.joined(separator: "\n")))
    }
}
