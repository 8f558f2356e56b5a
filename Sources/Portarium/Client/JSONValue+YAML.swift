import Yams

extension JSONValue {
    /// A value from a YAML node by the rules of YAML's core schema: quoted scalars are texts.
    init(_ node: Node) {
        switch node {
        case .scalar(let scalar): self = Self.value(of: scalar)
        case .sequence(let sequence): self = .array(sequence.map(JSONValue.init))
        case .mapping(let mapping):
            self = .object(
                Dictionary(
                    mapping.map { ($0.scalar?.string ?? "", JSONValue($1)) }, uniquingKeysWith: { _, last in last }))
        case .alias: self = .null
        }
    }

    /// The JSON text of a YAML node, members in their order.
    static func text(of node: Node) -> JSONText {
        switch node {
        case .sequence(let sequence):
            JSONText(text: "[" + sequence.map { self.text(of: $0).text }.joined(separator: ",") + "]")
        case .mapping(let mapping):
            JSONText(
                text: "{"
                    + mapping.map { name, value in
                        "\(JSONValue.string(name.scalar?.string ?? "").serialized()):\(self.text(of: value).text)"
                    }.joined(separator: ",") + "}")
        case .scalar, .alias: JSONText(text: JSONValue(node).serialized())
        }
    }

    private static func value(of scalar: Node.Scalar) -> JSONValue {
        guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
        switch scalar.string {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .boolean(true)
        case "false", "False", "FALSE": return .boolean(false)
        default:
            if let integer = Int64(scalar.string) { return .integer(integer) }
            let isNumber = scalar.string.utf8.allSatisfy { byte in
                (48...57).contains(byte) || [43, 45, 46, 69, 101].contains(byte)
            }
            if isNumber, let number = Double(scalar.string) { return .number(number) }
            return .string(scalar.string)
        }
    }
}
