/// What the spool has, and what it did since the start.
public struct SpoolFigures: Sendable, Hashable {
    /// Deliveries on the disk, with those that are in the log and not removed yet.
    public var deliveries = 0
    /// Bytes on the disk, with those that were set aside.
    public var bytes = 0
    /// When the oldest of them came, in milliseconds since 1970; nil where there is none.
    public var oldestArrival: Int64?
    /// Deliveries that lie aside because they cannot be read, or because the log does not take them for good.
    public var setAside = 0
    /// Deliveries that were accepted onto the disk.
    public var spooled = 0
    /// Deliveries that went from the disk into the log.
    public var drained = 0
    /// Deliveries that were found in the log already.
    public var duplicates = 0
    /// Deliveries that were not taken.
    public var refused: [SpoolRefusal: Int] = [:]
    /// Whether a delivery of ordinary size would be taken now.
    public var takes = true

    public init() {}
}
