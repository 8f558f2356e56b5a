/// What types of events are called: the attribute `type`.
public enum EventTypeName {
    /// Bytes of a type that can be registered.
    public static let bytesMax = 256

    /// Whether a type can be registered: 1 to ``bytesMax`` printable characters of ASCII without spaces.
    public static func isValid(_ type: String) -> Bool {
        (1...self.bytesMax).contains(type.utf8.count)
            && type.utf8.allSatisfy { (0x21...0x7e).contains($0) }
    }

    /// The type under which the schema of an event is also found: an unversioned type of Portarium's means its first
    /// version. nil for every other.
    static func firstVersion(of type: String) -> String? {
        guard type.hasPrefix("com.portarium.") else { return nil }
        guard let last = type.split(separator: ".").last, last.first == "v", Int(last.dropFirst()) != nil else {
            return type + ".v1"
        }
        return nil
    }
}
