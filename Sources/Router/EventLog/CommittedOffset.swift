/// The next offset that a group reads in a partition, and a text that the group keeps with it.
public struct CommittedOffset: Sendable, Hashable {
    public var offset: Offset
    /// The group's own; the router keeps the gap map here. At most 64 KiB in the embedded log;
    /// Kafka's default is 4 KiB.
    public var metadata: String

    public init(offset: Offset, metadata: String = "") {
        self.offset = offset
        self.metadata = metadata
    }
}
