import CloudEvents
import Identity

extension APIKeyRecord {
    /// The same as a router shows it.
    /// - Parameter text: the key itself, where it is shown this once.
    func json(text: String? = nil) -> JSONValue {
        var members: [String: JSONValue] = [
            "id": .string(self.id), "prefix": .string(self.hint), "tenant": .string(self.reach.text),
            "name": .string(self.name), "scopes": .array(self.scopes.map(\.rawValue).sorted().map { .string($0) }),
            "createdAt": .string(RFC3339.text(milliseconds: self.createdAtMilliseconds)),
            "createdBy": .string(self.createdBy),
        ]
        if let text { members["key"] = .string(text) }
        if let end = self.expiresAtMilliseconds {
            members["expiresAt"] = .string(RFC3339.text(milliseconds: end))
        }
        return .object(members)
    }
}
