import CloudEvents
import Subscriptions
import Testing
import Yams

/// One case of the conformance suite of CloudEvents SQL, read where the suite lies beside the repository.
struct CESQLCase: Sendable, CustomTestStringConvertible {
    var file: String
    var name: String
    var expression: String
    var result: CESQLValue?
    var error: String?
    var event: CloudEvent

    var testDescription: String { "\(self.file): \(self.name): \(self.expression)" }

    /// All cases of all files; none where the suite is absent.
    static let all: [CESQLCase] = {
        ConformanceSuite.cesql.paths(endingWith: ".yaml").flatMap { name -> [CESQLCase] in
            do {
                return try Self.cases(in: name)
            } catch {
                Issue.record("\(name) cannot be read: \(error)")
                return []
            }
        }
    }()

    static func cases(in name: String) throws -> [CESQLCase] {
        guard let root = try Yams.compose(yaml: try ConformanceSuite.cesql.text(at: name)),
            let tests = root["tests"]?.sequence
        else { return [] }
        return tests.map { test in
            CESQLCase(
                file: name, name: test["name"]?.scalar?.string ?? "",
                expression: test["expression"]?.scalar?.string ?? "",
                result: test["result"].map(Self.value), error: test["error"]?.scalar?.string,
                event: Self.event(test["event"], overrides: test["eventOverrides"]))
        }
    }

    /// The suite's types are YAML's: a quoted scalar is a string.
    private static func value(_ node: Node) -> CESQLValue {
        let text = node.scalar?.string ?? ""
        return switch node.tag.description {
        case "tag:yaml.org,2002:int": Int32(text).map(CESQLValue.integer) ?? .string(text)
        case "tag:yaml.org,2002:bool": .boolean(text.lowercased() == "true")
        default: .string(text)
        }
    }

    private static func event(_ base: Node?, overrides: Node?) -> CloudEvent {
        var attributes = AttributeList()
        if base == nil {
            for (name, value) in [
                ("specversion", "1.0"), ("id", "1"), ("source", "/test"), ("type", "com.example.test"),
            ] {
                attributes.append(name: name, value: value)
            }
        }
        for mapping in [base?.mapping, overrides?.mapping].compactMap({ $0 }) {
            for (key, node) in mapping {
                let name = key.scalar?.string ?? ""
                switch Self.value(node) {
                case .string(let text): attributes.set(name, to: text)
                case .integer(let number): attributes.set(name, to: String(number), kind: .integer)
                case .boolean(let flag): attributes.set(name, to: flag ? "true" : "false", kind: .boolean)
                }
            }
        }
        return CloudEvent(attributes: attributes, data: nil)
    }
}
