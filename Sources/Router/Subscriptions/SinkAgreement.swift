import EventLog

/// That a target has agreed to deliveries (CloudEvents HTTP webhook specification, section 4.2).
public struct SinkAgreement: Sendable, Hashable {
    /// The URL that agreed: for another one it says nothing.
    public var sink: String
    public var agreedAt: Timestamp
    /// `WebHook-Allowed-Rate`; nil: the target sets no limit.
    public var requestsPerMinute: Int?

    public init(sink: String, agreedAt: Timestamp, requestsPerMinute: Int?) {
        self.sink = sink
        self.agreedAt = agreedAt
        self.requestsPerMinute = requestsPerMinute
    }
}

extension SinkAgreement {
    /// Reads the stored form.
    init?(_ reader: inout DocumentReader) {
        guard let sink = reader.string("sink") else { return nil }
        self.init(
            sink: sink, agreedAt: Timestamp(milliseconds: reader.integer("agreedAtMs") ?? 0),
            requestsPerMinute: reader.integer("requestsPerMinute").map { Int(clamping: $0) })
    }

    /// Writes the stored form.
    func encode(into container: KeyedEncodingContainer<DocumentKey>) throws {
        var container = container
        try container.encode(self.sink, forKey: DocumentKey("sink"))
        try container.encode(self.agreedAt.milliseconds, forKey: DocumentKey("agreedAtMs"))
        try container.encodeIfPresent(self.requestsPerMinute, forKey: DocumentKey("requestsPerMinute"))
    }
}
