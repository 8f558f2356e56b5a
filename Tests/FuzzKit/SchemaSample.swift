/// A JSON text as a tree, for schemas and values that are made up.
public indirect enum SchemaSample: Sendable, Hashable {
    case raw(String)
    case array([SchemaSample])
    case object([String: SchemaSample])

    public var text: String {
        switch self {
        case .raw(let text): text
        case .array(let items): "[" + items.map(\.text).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value.text)" }.joined(separator: ",")
                + "}"
        }
    }

    subscript(name: String) -> SchemaSample? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }
}
