import CloudEvents

extension ConfigurationRule {
    /// What must hold of settings of ``RouterConfiguration/Tracing``.
    static let tracing: [ConfigurationRule] = [
        ConfigurationRule(
            keys: ["tracing.headers"],
            message:
                "tracing.headers must be name=value with commas between: names of headers that the router does not "
                + "set itself, values percent-encoded",
            holds: { isHeaders($0.tracing.headers) }),
        ConfigurationRule(
            keys: ["tracing.headers", "tracing.headersFile"],
            message: "tracing.headers and tracing.headersFile are two ways to say the same: take one out",
            needsAllSources: true,
            holds: { $0.tracing.headers.isEmpty || $0.tracing.headersFile.isEmpty }),
    ]

    /// Headers of requests to a collector that are the router's own.
    private static let ownHeaders: Set<String> = [
        "connection", "content-encoding", "content-length", "content-type", "host", "te", "trailer",
        "transfer-encoding", "upgrade",
    ]

    /// Whether a text is a list of headers that can be sent.
    static func isHeaders(_ text: Secret) -> Bool {
        guard let pairs = PercentEncodedPairs.pairs(text.revealed) else { return false }
        return pairs.allSatisfy { name, value in
            name.utf8.allSatisfy(ASCIISet.token.contains) && !self.ownHeaders.contains(name.lowercased())
                && value.utf8.allSatisfy { (0x20...0x7e).contains($0) || $0 == 0x09 }
        }
    }
}
