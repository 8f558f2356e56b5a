/// Asks targets whether they want deliveries.
public protocol SinkHandshake: Sendable {
    /// Sends the validation request (CloudEvents HTTP webhook specification, section 4.1), and waits for its answer no
    /// longer than the destination's timeout. Does not throw: every failure is a refusal.
    /// - Parameter requestsPerMinute: what is asked for; nil: nothing is said of it.
    func ask(_ destination: Destination, requestsPerMinute: Int?) async -> HandshakeAnswer
}
