/// Why a text is no CESQL expression: what is wrong, where, and how to mend it.
public struct CESQLParseError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where, in characters from the beginning, from 0; the length of the text where its end came too soon.
    public var characterOffset: Int
    /// What is wrong.
    public var reason: String
    /// What would be right.
    public var mend: String

    public init(characterOffset: Int, reason: String, mend: String) {
        self.characterOffset = characterOffset
        self.reason = reason
        self.mend = mend
    }

    public var description: String { "\(self.reason) at character \(self.characterOffset): \(self.mend)" }
}
