import WebhookSignatures

extension WebhookOutcome {
    /// Why a webhook is not believed, without what it is about.
    init(_ rejection: WebhookRejection) {
        switch rejection {
        case .missingHeader, .repeatedHeader: self = .header
        case .malformed, .bodyWithoutTimestamp: self = .malformed
        case .timestampOutOfRange: self = .timestamp
        case .missingURL: self = .url
        case .otherBody, .mismatch: self = .signature
        }
    }
}
