/// How a provider shows that a webhook comes from it, as data.
public struct SignatureScheme: Sendable, Hashable {
    /// What is compared with what the header says.
    public enum Algorithm: Sendable, Hashable {
        case hmacSHA256
        case hmacSHA1
        case hmacSHA512
        case ed25519
        /// The secret itself is in the header.
        case token
    }

    /// How the header writes bytes.
    public enum Encoding: Sendable, Hashable {
        case hex
        case base64
        /// As they are; for ``Algorithm/token`` only.
        case plain
    }

    /// How a secret becomes a key.
    public enum KeyDecoding: Sendable, Hashable {
        /// Its bytes as they are, prefix and all.
        case plain
        /// Base64 behind a prefix, which may be missing.
        case base64(prefix: String)
    }

    /// A piece of what is signed.
    public enum Part: Sendable, Hashable {
        case id
        case timestamp
        case body
        case text(String)
        /// The URL and, behind it, what the body's form has, by name: Twilio's way.
        case urlAndForm
    }

    /// Where the time of sending is.
    public enum TimestampSource: Sendable, Hashable {
        /// ``SignatureScheme/timestampHeaders``, in seconds.
        case header
        /// An item `NAME=…` of the signature's header, in seconds.
        case item(String)
        /// A member of the body's JSON object, in milliseconds: looked for when the signature is known to be good.
        case body(member: String)
    }

    /// Names that the header may have: the first one that is there counts, and with it the id and timestamp of the same
    /// place in their lists.
    public var headers: [String]
    public var idHeaders: [String] = []
    public var timestampHeaders: [String] = []
    /// What stands between several signatures; nil: there is one.
    public var separator: Character?
    /// What stands before a signature, in any case; those of other versions are passed over.
    public var tags = [""]
    public var algorithm = Algorithm.hmacSHA256
    public var encoding = Encoding.hex
    public var keyDecoding = KeyDecoding.plain
    public var signed = [Part.body]
    public var timestamp: TimestampSource?
    /// How far the timestamp may be from now, in either direction.
    public var toleranceSeconds: Int64 = 300
    /// Only for secrets that begin so; nil: for all others.
    public var secretPrefix: String?

    public init(headers: [String]) { self.headers = headers }

    /// The same with some things changed.
    func with(_ change: (inout Self) -> Void) -> Self {
        var scheme = self
        change(&scheme)
        return scheme
    }
}
