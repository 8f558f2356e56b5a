import Webhooks

/// The URLs that providers are told.
public enum WebhookEndpointURL {
    private static let bytesMax = 2_048

    /// Whether a text is `http://HOST[:PORT]` or `https://HOST[:PORT]`, without user, path and query.
    public static func isBase(_ text: String) -> Bool {
        guard let rest = self.afterScheme(text), !rest.isEmpty else { return false }
        return rest.utf8.allSatisfy { byte in
            byte > 0x20 && byte < 0x7f && !"/?#@\\\"<>".utf8.contains(byte)
        }
    }

    /// Whether a text is an absolute http or https URL without a fragment.
    static func isAbsolute(_ text: String) -> Bool {
        guard text.utf8.count <= self.bytesMax, let rest = self.afterScheme(text), let first = rest.first,
            first != "/", first != "?"
        else { return false }
        return rest.utf8.allSatisfy { byte in byte > 0x20 && byte < 0x7f && byte != UInt8(ascii: "#") }
    }

    /// Where an endpoint's webhooks are sent: a path alone where nobody said how the router is reached.
    static func url(of endpoint: WebhookEndpoint, publicURL: String?) -> String {
        endpoint.publicURL ?? (publicURL ?? "") + endpoint.path
    }

    private static func afterScheme(_ text: String) -> Substring? {
        for scheme in ["https://", "http://"] where text.hasPrefix(scheme) { return text.dropFirst(scheme.count) }
        return nil
    }
}
