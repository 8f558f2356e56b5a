/// Why a webhook is not believed. For the owner of the endpoint, not for the sender; nothing secret is in it.
public enum WebhookRejection: Error, Sendable, Hashable, CustomStringConvertible {
    case missingHeader(String)
    /// More than one is ambiguous: others may have looked at another one.
    case repeatedHeader(String)
    /// Something of the header is not as the provider writes it.
    case malformed(header: String, String)
    /// Seconds between the timestamp and now, later ones positive; what is allowed.
    case timestampOutOfRange(bySeconds: Int64, tolerance: Int64)
    /// The body does not say when it was sent, or not as a whole number.
    case bodyWithoutTimestamp(member: String)
    /// The URL is signed, and was not given.
    case missingURL
    /// The signature is of another body than the URL says.
    case otherBody
    case mismatch

    public var description: String {
        switch self {
        case .missingHeader(let name): "the header \(name) is missing"
        case .repeatedHeader(let name): "the header \(name) is there more than once"
        case .malformed(let header, let reason): "the header \(header) \(reason)"
        case .timestampOutOfRange(let seconds, let tolerance):
            seconds > 0
                ? "it is from \(seconds) s in the future; \(tolerance) s are allowed: look at the clocks"
                : "it is \(-seconds) s old; \(tolerance) s are allowed: it is a replay, or look at the clocks"
        case .bodyWithoutTimestamp(let member): "the body has no whole number '\(member)' that says when it was sent"
        case .missingURL: "the provider signs the URL, which was not given"
        case .otherBody: "the body is not the one whose bodySHA256 is in the URL"
        case .mismatch: "no signature matches: it is another secret, or the body was changed on its way"
        }
    }
}
