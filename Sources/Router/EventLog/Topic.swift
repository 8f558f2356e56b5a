/// A named log. The name has 1...249 characters of `[a-zA-Z0-9._-]`, and is neither `.` nor `..` (Kafka's rule).
public struct Topic: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let name: String

    /// A name that the program itself chose. Texts from outside go through ``init(validating:)``.
    public init(_ name: String) { self.name = name }

    /// - Throws: ``EventLogError`` with code `invalidTopic` where the name breaks the rule.
    public init(validating name: String) throws(EventLogError) {
        let allowed = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard allowed, (1...249).contains(name.utf8.count), name != ".", name != ".." else {
            throw EventLogError(
                .invalidTopic, "'\(name)' is no topic name: use 1 to 249 of the characters a-z A-Z 0-9 . _ -")
        }
        self.name = name
    }

    public var description: String { self.name }
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.name < rhs.name }
}
