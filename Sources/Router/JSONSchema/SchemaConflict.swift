/// Why two schemas are not compatible, or cannot be shown to be.
public struct SchemaConflict: Sendable, Hashable {
    /// Which of the two ways does not hold.
    public enum Direction: String, Sendable, Hashable {
        /// The new schema does not take all that the old one takes.
        case backward
        /// The old schema does not take all that the new one takes.
        case forward
    }

    public let direction: Direction
    /// Where in the new schema, as a JSON Pointer; where only the old one says something, the nearest place.
    public let pointer: String
    /// The rule, and what it is about.
    public let detail: String
}
