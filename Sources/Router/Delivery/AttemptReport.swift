/// What came of one attempt.
public struct AttemptReport: Sendable, Hashable {
    /// What the answer means for the delivery.
    public enum Meaning: Sendable, Hashable {
        /// Any 2xx.
        case delivered
        /// 408, 425, 429, 5xx, or no answer at all: try again,
        /// after this many milliseconds at least where the sink said so.
        case retry(afterMilliseconds: Int64?)
        /// Any other 4xx, and 3xx, which is never followed: trying again would not help.
        case rejected
        /// 410: the sink wants no more of this subscription.
        case gone
    }

    public var meaning: Meaning
    /// The HTTP status; nil where there was no answer.
    public var status: Int?
    /// A short text for people: `timeout`, `connection refused`, `503 Service Unavailable`.
    public var error: String?
    /// From the call to the sink until its answer was read whole or given up, in nanoseconds, 0 and up. It covers the
    /// wait for a connection and ends soon after the destination's timeout.
    public var durationNanoseconds: Int64
    /// Whether the attempt came as far as the destination. One that did not says nothing of it: its circuit stays as it
    /// is.
    public var reachedDestination = true
    /// Why an event is given up where this is ``Meaning/rejected``.
    public var rejectionReason = DeadLetterReason.rejected
    /// The same in whole milliseconds, towards 0.
    public var durationMilliseconds: Int64 { self.durationNanoseconds / 1_000_000 }

    public init(meaning: Meaning, status: Int?, error: String?, durationNanoseconds: Int64) {
        self.meaning = meaning
        self.status = status
        self.error = error
        self.durationNanoseconds = durationNanoseconds
    }

    /// A report of an attempt that was measured in milliseconds, `0...9_000_000_000_000`.
    public init(meaning: Meaning, status: Int?, error: String?, durationMilliseconds: Int64) {
        self.init(
            meaning: meaning, status: status, error: error, durationNanoseconds: durationMilliseconds * 1_000_000)
    }
}
