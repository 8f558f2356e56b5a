import EventLog

/// A wish of the machine to read for one subscription that lags.
public struct CatchUpFetch: Sendable, Hashable {
    public var slot: Int
    public var topicPartition: TopicPartition
    /// Given back with the result: a result whose epoch has passed is ignored.
    public var epoch: UInt64
    /// Which use of the slot the read is for.
    public var incarnation: UInt64
    /// Which assignment of the partition the read is for.
    public var assignment: UInt64
    public var from: Offset
    /// Records to read at most: ``DeliveryLimits/catchUpRecordsMax``, or `1...64` where only a few far behind are
    /// wanted.
    public var recordsMax: Int
    /// Bytes to read at most, ``DeliveryLimits/catchUpBytesMax``: as many are reserved until the result is in.
    public var bytesMax: Int
    /// Offsets that are wanted whatever the filters say now: they matched when they were read first.
    public var reload: [Int64]
    /// From here on the filters decide.
    public var position: Int64
}
