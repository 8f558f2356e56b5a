import CloudEvents

/// One event of a stream, and the cursor that resumes right after it.
public struct StreamedEvent: Sendable {
    public var event: CloudEvent
    public var cursor: String

    public init(event: CloudEvent, cursor: String) {
        self.event = event
        self.cursor = cursor
    }
}
