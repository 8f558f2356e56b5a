import CloudEvents
import NIOCore
import WebhookSignatures

/// What a provider asks to see whether somebody is there, and what it wants to hear.
public enum WebhookChallenge {
    private static let paths = JSONPaths(["/type", "/challenge"])
    /// Characters of an answer; Slack's has some fifty.
    private static let lengthMax = 1_024

    /// Slack's `url_verification`: the text to answer with. nil for everything else; to be asked when the request is
    /// known to be genuine.
    public static func answer(to request: WebhookRequest, of provider: WebhookProvider) -> String? {
        guard provider.name == "slack", request.body.readableBytes <= 16_384 else { return nil }
        let values = request.body.withUnsafeReadableBytes { bytes in
            try? self.paths.values(in: bytes, nestingMax: 16)
        }
        guard let values, values[0] == "url_verification", let challenge = values[1],
            challenge.utf8.count <= self.lengthMax
        else { return nil }
        return challenge
    }
}
