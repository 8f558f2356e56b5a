import NetworkGuard

/// The value of `sink.allowedNetworks`.
struct AllowedNetworks: Sendable, Hashable {
    /// The word for loopback in development.
    static let automaticWord = "auto"
    static let automatic = Self(isAutomatic: true, networks: [])

    /// Whether loopback is allowed while the router itself can be reached from there only.
    var isAutomatic: Bool
    var networks: [IPNetwork]
}
