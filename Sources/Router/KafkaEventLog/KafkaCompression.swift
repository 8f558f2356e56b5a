/// How batches are compressed on their way to the brokers, and kept there.
public enum KafkaCompression: String, Sendable, Hashable, CaseIterable {
    case none
    case gzip
    case snappy
    case lz4
    case zstd
}
