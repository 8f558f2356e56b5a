import Identity

/// Which router, on whose behalf.
struct ServerEndpoint: Sendable, Hashable {
    /// Scheme, host and port, without a slash at the end.
    let base: String
    let tenant: String?
    let key: String?

    /// - Throws: ``CommandFailure`` with ``ExitStatus/usage`` where the URL is none of `http` or `https`, or tenant or
    ///   key   cannot be sent in a header.
    init(url: String, tenant: String?, key: String?) throws(CommandFailure) {
        var base = url
        while base.last == "/" { base.removeLast() }
        let lowercased = base.lowercased()
        guard let scheme = ["http://", "https://"].first(where: { lowercased.hasPrefix($0) }),
            base.count > scheme.count, !base.contains(where: { $0.isWhitespace || $0 == "?" || $0 == "#" })
        else {
            throw CommandFailure(.usage, "'\(url)' is no router's URL: write it like http://127.0.0.1:8080")
        }
        for (name, text) in [("tenant", tenant), ("key", key)] {
            guard let text else { continue }
            guard !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw CommandFailure(.usage, "the \(name) must not be empty, and of visible ASCII characters only")
            }
        }
        if let key, key.hasPrefix(APIKey.prefix), APIKey(key) == nil {
            throw CommandFailure(
                .usage, "the key is mistyped or cut off: give it as 'portarium keys create' printed it")
        }
        self.base = base
        self.tenant = tenant
        self.key = key
    }
}
