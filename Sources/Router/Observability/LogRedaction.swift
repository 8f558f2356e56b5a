import Logging

/// Which metadata is never written out, at whatever depth it stands.
public struct LogRedaction: Sendable, Hashable {
    /// What is written instead of a value.
    public static let replacement = "[redacted]"
    /// The keys that are redacted where nothing else is said.
    public static let standardKeys: Set<String> = [
        "access_token", "api_key", "apikey", "authorization", "cookie", "credential", "credentials", "password",
        "passwd", "private_key", "proxy-authorization", "secret", "secrets", "set-cookie", "signature", "token",
        "x-api-key",
    ]

    private let keys: Set<String>

    /// - Parameter keys: compared without regard to case.
    public init(keys: Set<String> = Self.standardKeys) {
        self.keys = Set(keys.map { $0.lowercased() })
    }

    /// Whether a value under this key is hidden.
    public func hides(_ key: String) -> Bool {
        self.keys.contains(key) || self.keys.contains(key.lowercased())
    }
}
