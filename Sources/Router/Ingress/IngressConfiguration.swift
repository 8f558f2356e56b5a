import CloudEvents

/// What the event endpoint takes.
public struct IngressConfiguration: Sendable, Hashable {
    /// How large an event, its attributes and a batch may be. The size of the whole body is the server's limit.
    public var limits: CloudEventLimits

    /// Limits of events and batches.
    public init(limits: CloudEventLimits = CloudEventLimits()) {
        self.limits = limits
    }
}
