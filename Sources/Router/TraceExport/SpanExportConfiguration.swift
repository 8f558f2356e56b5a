import Traces

/// Where spans go, and the limits on the way. Values out of range are clamped.
public struct SpanExportConfiguration: Sendable {
    /// How requests are written.
    public enum Encoding: String, Sendable, CaseIterable {
        case protobuf
        case json
    }

    /// The whole URL that spans are posted to; `http` or `https`.
    public var endpoint: String
    /// Who records.
    public var resource: SpanResource
    /// How requests are written.
    public var encoding = Encoding.protobuf
    /// Whether bodies are compressed.
    public var isCompressed = false
    /// Headers of every request; values are secrets.
    public var headers: [(name: String, value: String)] = []
    /// How long one request may take, answer included, `1...600000`.
    public var timeoutMilliseconds: Int64 = 10_000
    /// Spans that wait, `1...1000000`; further ones are dropped.
    public var queueSpansMax = 8_192
    /// About their bytes in memory, `65536...1073741824`.
    public var queueBytesMax = 16_777_216
    /// Spans of one request, `1...100000`.
    public var batchSpansMax = 512
    /// How long a span waits for others, `10...600000`.
    public var intervalMilliseconds: Int64 = 5_000
    /// For how long one request is repeated, `0...3600000`.
    public var retryMilliseconds: Int64 = 60_000
    /// How long the end of the process may wait for spans that are left, `0...600000`.
    public var flushMilliseconds: Int64 = 5_000

    /// Spans of one process to one collector.
    public init(endpoint: String, resource: SpanResource) {
        self.endpoint = endpoint
        self.resource = resource
    }

    /// The same with every value in its range.
    func clamped() -> Self {
        func clamp<Value: Comparable>(_ value: inout Value, _ range: ClosedRange<Value>) {
            value = min(max(value, range.lowerBound), range.upperBound)
        }
        var configuration = self
        clamp(&configuration.timeoutMilliseconds, 1...600_000)
        clamp(&configuration.queueSpansMax, 1...1_000_000)
        clamp(&configuration.queueBytesMax, 65_536...1_073_741_824)
        clamp(&configuration.batchSpansMax, 1...100_000)
        clamp(&configuration.intervalMilliseconds, 10...600_000)
        clamp(&configuration.retryMilliseconds, 0...3_600_000)
        clamp(&configuration.flushMilliseconds, 0...600_000)
        return configuration
    }
}
