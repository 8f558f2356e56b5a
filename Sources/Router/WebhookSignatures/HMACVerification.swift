/// How a sender signs that has no provider of its own in the table: what an endpoint of the provider `hmac` may say.
public struct HMACVerification: Sendable, Hashable, Codable {
    /// What the code is made with.
    public enum Algorithm: String, Sendable, Hashable, Codable, CaseIterable {
        case sha1
        case sha256
        case sha512
    }

    /// How the header writes the code.
    public enum Encoding: String, Sendable, Hashable, Codable, CaseIterable {
        case hex
        case base64
    }

    /// Bytes of a header's name.
    public static let headerBytesMax = 128
    /// Bytes of what stands before the code.
    public static let prefixBytesMax = 64

    /// The header with the code over the raw body, a token (RFC 9110, section 5.1), `1...128` bytes.
    public var header: String
    /// What stands before the code, in any case: printable ASCII without a comma, `0...64` bytes; nil: the algorithm's
    /// name and `=`, or nothing.
    public var prefix: String?
    public var encoding: Encoding
    public var algorithm: Algorithm

    /// What holds where nothing is said: the hexadecimal SHA-256 code in `X-Webhook-Signature`.
    public init(
        header: String = "X-Webhook-Signature", prefix: String? = nil, encoding: Encoding = .hex,
        algorithm: Algorithm = .sha256
    ) {
        self.header = header
        self.prefix = prefix
        self.encoding = encoding
        self.algorithm = algorithm
    }

    /// Whether a text can be a header's name.
    public static func isHeader(_ text: String) -> Bool {
        (1...self.headerBytesMax).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20)
                    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }

    /// Whether a text can stand before a code. A comma stands between several.
    public static func isPrefix(_ text: String) -> Bool {
        text.utf8.count <= self.prefixBytesMax
            && text.utf8.allSatisfy { (0x20..<0x7f).contains($0) && $0 != UInt8(ascii: ",") }
            && text.utf8.first != UInt8(ascii: " ")
    }

    /// The scheme of the provider with this in its place.
    func applied(to scheme: SignatureScheme) -> SignatureScheme {
        scheme.with {
            $0.headers = [self.header]
            $0.tags = self.prefix.map { [$0] } ?? ["\(self.algorithm.rawValue)=", ""]
            $0.encoding = self.encoding == .hex ? .hex : .base64
            $0.algorithm =
                switch self.algorithm {
                case .sha1: .hmacSHA1
                case .sha256: .hmacSHA256
                case .sha512: .hmacSHA512
                }
        }
    }
}
