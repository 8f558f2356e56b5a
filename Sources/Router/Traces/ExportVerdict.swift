/// What is to be done about a request to a collector, by how it ended (OTLP, "Failures" and "OTLP/HTTP Response").
public enum ExportVerdict: Sendable, Hashable {
    /// It was taken, apart from what the answer says.
    case taken
    /// Again, after so long at least where the collector said so.
    case retry(afterMilliseconds: Int64?)
    /// Never again: it would be refused again.
    case drop(DroppedSpans)

    /// How a request ended.
    public enum End: Sendable, Hashable {
        /// With a status, and what `Retry-After` asks for.
        case answered(status: Int, retryAfterMilliseconds: Int64?)
        /// Without an answer: no connection, a broken one, or none in time.
        case unanswered
    }

    /// 429, 502, 503, 504 and a lost connection may be better later; nothing else will be. Redirects are not followed.
    public init(_ end: End) {
        switch end {
        case .unanswered: self = .retry(afterMilliseconds: nil)
        case .answered(200...299, _): self = .taken
        case .answered(429, let after), .answered(502, let after), .answered(503, let after), .answered(504, let after):
            self = .retry(afterMilliseconds: after)
        case .answered(413, _): self = .drop(.tooLarge)
        case .answered: self = .drop(.refused)
        }
    }

    /// How long to wait before a repetition: 1 s, 2 s and so on up to 30 s, of which a random half may be left out, and
    /// no less than the collector asks for.
    /// - Parameters:
    ///   - repetition: counts from 0.
    ///   - asked: what `Retry-After` says.
    ///   - jitter: random, `0..<1`.
    public static func delayMilliseconds(repetition: Int, asked: Int64?, jitter: Double) -> Int64 {
        let whole = Double(min(30_000, 1_000 << min(repetition, 5)))
        return max(asked ?? 0, Int64(whole / 2 + whole / 2 * min(max(jitter, 0), 1)))
    }
}
