extension RouterConfiguration {
    /// Spans, and where they go.
    struct Tracing: Sendable, Hashable {
        /// Where spans are posted to. Default none: nothing is recorded.
        var endpoint = ""
        /// How. Default ``SpanEncoding/protobuf``.
        var encoding = SpanEncoding.protobuf
        /// Whether requests are compressed. Default no.
        var gzip = false
        /// `name=value` with commas between, values percent-encoded. Default none.
        var headers = Secret()
        /// A file with ``headers``.
        var headersFile = ""
        /// Of the traces that begin here, how many are recorded, `0...1`. Default all.
        var sampleRatio = 1.0
        /// `service.name`. Default `portarium`.
        var serviceName = "portarium"
        /// What else is known of the process. Default nothing.
        var resourceAttributes: [ResourceAttribute] = []
        /// How long one request may take, `1...600000`. Default 10 s.
        var timeoutMilliseconds = 10_000
        /// Spans that wait, `1...1000000`. Default 8,192.
        var queueSpansMax = 8_192
        /// Their bytes, `65536...1073741824`. Default 16 MiB.
        var queueBytesMax = 16_777_216
        /// Spans of one request, `1...100000`. Default 512.
        var batchSpansMax = 512
        /// How long a span waits for others, `10...600000`. Default 5 s.
        var intervalMilliseconds = 5_000
        /// For how long one request is repeated, `0...3600000`. Default 60 s.
        var retryMilliseconds = 60_000
        /// How long a shutdown waits for spans that are left, `0...600000`. Default 5 s.
        var flushMilliseconds = 5_000
    }

    /// Whether spans are recorded at all.
    var isTraced: Bool { !self.tracing.endpoint.isEmpty }
}
