import NIOCore

/// A record as the log keeps it: for an event the CloudEvents Kafka binding, binary mode (`ce_*` headers and raw data).
public struct LogRecord: Sendable, Hashable {
    /// What the partition is chosen by, and what compaction keeps the last of.
    public var key: ByteBuffer?
    public var headers: RecordHeaders
    /// The data; nil is a tombstone in a compacted topic, and an event without data elsewhere.
    public var value: ByteBuffer?
    /// When the record was made. The log keeps it as it is given.
    public var timestamp: Timestamp

    public init(key: ByteBuffer?, headers: RecordHeaders = RecordHeaders(), value: ByteBuffer?, timestamp: Timestamp) {
        self.key = key
        self.headers = headers
        self.value = value
        self.timestamp = timestamp
    }

    /// Bytes of key, headers and value together: what limits count.
    public var size: Int {
        (self.key?.readableBytes ?? 0) + self.headers.bytes.readableBytes + (self.value?.readableBytes ?? 0)
    }
}
