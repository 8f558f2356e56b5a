import WebhookSignatures

/// The `config` member of a subscription: how its events are delivered.
public struct SubscriptionConfiguration: Sendable, Hashable {
    /// Whether order is kept.
    public enum Ordering: String, Sendable, Hashable, CaseIterable {
        /// In order inside one ordering key, keys in parallel.
        case key
        /// No order, only a limit on concurrency.
        case unordered
    }

    /// How an event is put into a request (CloudEvents HTTP binding).
    public enum ContentMode: String, Sendable, Hashable, CaseIterable {
        /// Attributes in headers, the data as the body.
        case binary
        /// The whole event as one JSON document.
        case structured
        /// A JSON array of events, see ``batchMax``.
        case batched
    }

    /// Where a new subscription begins.
    public enum Start: Sendable, Hashable {
        /// With what is accepted after it was created.
        case latest
        /// With the oldest that the log keeps.
        case earliest
        /// With the first record at or after this time.
        case time(milliseconds: Int64)
        /// With this offset in the one partition named, `latest` in all others.
        case offset(topic: String, partition: Int32, offset: Int64)
    }

    /// Whether a slow event holds back the next of its key.
    public var ordering: Ordering = .key
    /// Requests in flight at once, `1...1024`.
    public var concurrency: Int = 64
    /// How events are put into requests.
    public var mode: ContentMode = .binary
    /// Batched mode: events in one request at most, `1...1000`.
    public var batchMax: Int = 100
    /// Batched mode: how long to wait for more, `0...60000`.
    public var batchLingerMilliseconds: Int64 = 50
    /// How long one request may take, `100...600000`.
    public var timeoutMilliseconds: Int64 = 30_000
    /// What happens when the sink fails.
    public var retry = RetryConfiguration()
    /// Off: an event is never given up, it is retried until delivered, and its key waits.
    public var deadLetter: Bool = true
    /// Where a new subscription begins; not looked at again later.
    public var start: Start = .latest
    /// Requests a second at most; nil: no limit. `0.001...1000000`.
    public var rateLimitPerSecond: Double?
    /// How requests are signed; nil: not at all.
    public var signing: WebhookSigner.Scheme?
    /// What becomes of events before they are sent: the JSON text of a transform, as it was written; nil: nothing.
    public var transform: String?

    public init() {}
}
