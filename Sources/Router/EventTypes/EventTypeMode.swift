/// What becomes of an event whose data are not what the schema of its type asks for.
public enum EventTypeMode: String, Sendable, Hashable, CaseIterable, Codable {
    /// It is taken; nobody looks.
    case off
    /// It is taken, and counted.
    case warn
    /// It is refused.
    case enforce
}
