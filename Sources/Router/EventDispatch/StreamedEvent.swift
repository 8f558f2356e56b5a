import CloudEvents

/// One event of a stream, and the cursor that resumes right after it; or without an event how far the stream has come,
/// so that who connects again misses nothing though nothing matched yet.
public struct StreamedEvent: Sendable {
    public var event: CloudEvent?
    /// Not empty.
    public var cursor: String

    public init(event: CloudEvent?, cursor: String) {
        self.event = event
        self.cursor = cursor
    }
}
