import EventLog

/// How dead letters are named: the same however often one is written.
///
/// What was redriven and failed again is a letter of its own. Were it named as the one before, that one's tombstone,
/// which may be appended behind it, would take it.
enum DeadLetterID {
    /// No generation and no topic has it in its name.
    private static let mark: Character = "~"

    /// The id of the first letter of an event for one subscription, with which those of its redrives begin.
    static func root(generation: String, origin: Position) -> String {
        "\(generation)-\(origin.topic)-\(origin.partition)-\(origin.offset)"
    }

    /// The id of the letter of an event that came by the redrive topic.
    static func again(_ root: String, from redrive: Position) -> String {
        "\(root)\(self.mark)\(redrive.partition)-\(redrive.offset)"
    }

    /// The root of a letter that came again; nil for a first letter.
    static func root(ofAgain id: String) -> String? { id.firstIndex(of: self.mark).map { String(id[..<$0]) } }
}
