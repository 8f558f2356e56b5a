import CloudEvents

/// What the event endpoint takes.
public struct IngressConfiguration: Sendable, Hashable {
    /// How large an event, its attributes and a batch may be. The size of the whole body is the server's limit.
    public var limits: CloudEventLimits
    /// The setting that `limits.eventBytesMax` comes from: producers of larger events are told its name.
    public var eventBytesLimit: String
    /// Requests with a longer body, or one of unknown length, do not take the direct way; `0...`. Default: all do.
    public var directBodyBytesMax = Int.max
    /// Where the tenant's events are judged by schemas, requests with a longer body, or one of unknown length, and
    /// batches, do not take the direct way, on which all requests of an event loop would wait for them; `0...`.
    public var directJudgedBytesMax = 16_384

    /// Limits of events and batches.
    public init(limits: CloudEventLimits = CloudEventLimits(), eventBytesLimit: String = "limits.eventBytesMax") {
        self.limits = limits
        self.eventBytesLimit = eventBytesLimit
    }
}
