/// Why an object store did not do what it was asked. Its texts hold no credentials, and nothing of a body.
public struct ObjectStoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of fault; the set may grow.
    public struct Code: Sendable, Hashable {
        public let name: String
        public init(name: String) { self.name = name }
        /// There is no object of this key.
        public static let notFound = Self(name: "not-found")
        /// There is another object of this key.
        public static let conflict = Self(name: "conflict")
        /// The object has more bytes than asked for.
        public static let tooLarge = Self(name: "too-large")
        /// The credentials are wrong, or may not do this.
        public static let denied = Self(name: "denied")
        /// The store cannot be reached, is overloaded, or failed; the same call may succeed later.
        public static let unavailable = Self(name: "unavailable")
        /// The store refuses the request as it is.
        public static let refused = Self(name: "refused")
        /// The caller went away.
        public static let cancelled = Self(name: "cancelled")
    }

    public var code: Code
    /// A short text for people: `403 Forbidden (SignatureDoesNotMatch)`, `connection refused`.
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { "\(self.code.name): \(self.message)" }
}
