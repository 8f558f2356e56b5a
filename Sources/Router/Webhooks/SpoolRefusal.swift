/// Why a delivery that the log does not take is not kept on the disk either: the label of a counter.
public enum SpoolRefusal: String, Sendable, Hashable, CaseIterable {
    /// The spool has as much as it may.
    case limit
    /// The disk is full, or did not take it this time.
    case disk
    /// A write or a sync of the file failed: nobody knows any more what of it is durable.
    case failed
}
