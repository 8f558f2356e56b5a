/// Where an S3 bucket is, who signs, and how long calls may take.
///
/// Its descriptions hold no secret.
public struct S3ObjectStoreConfiguration: Sendable, CustomStringConvertible, CustomReflectable {
    /// `http://HOST[:PORT]` or `https://HOST[:PORT]`, without a path.
    public var endpoint: String
    public var bucket: String
    /// As signatures name it.
    public var region: String
    public var accessKeyID: String
    public var secretAccessKey: String
    /// `1...`
    public var connectTimeoutMilliseconds: Int64 = 5_000
    /// How long one try of a call may take, the body included, `1...`
    public var timeoutMilliseconds: Int64 = 30_000
    /// Tries of one call, the first included, `1...10`.
    public var attemptsMax = 3
    /// Connections to the store at most, `1...`
    public var connectionsMax = 32

    /// A bucket, with the defaults for everything else.
    public init(
        endpoint: String, bucket: String, region: String = "us-east-1", accessKeyID: String, secretAccessKey: String
    ) {
        self.endpoint = endpoint
        self.bucket = bucket
        self.region = region
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
    }

    public var description: String { "\(self.endpoint)/\(self.bucket)" }
    public var customMirror: Mirror { Mirror(reflecting: self.description) }

    /// `HOST[:PORT]` of an endpoint that is one; nil for anything else.
    ///
    /// Without user, path, query and fragment: what is signed must be what is sent.
    public static func host(ofEndpoint endpoint: String) -> String? {
        for (scheme, port) in [("http://", ":80"), ("https://", ":443")] where endpoint.hasPrefix(scheme) {
            let host = String(endpoint.dropFirst(scheme.count))
            let isPlain = host.utf8.allSatisfy { byte in
                byte > 0x20 && byte < 0x7f && !"/?#@\\\"<>%".utf8.contains(byte)
            }
            guard isPlain, !host.isEmpty, !host.hasPrefix(":") else { return nil }
            // A client leaves the scheme's own port out of `Host`.
            return host.hasSuffix(port) ? String(host.dropLast(port.count)) : host
        }
        return nil
    }

    /// Whether a name can be a bucket's: 3 to 63 of `a-z 0-9 . -`, as S3 wants it, so that it needs no encoding.
    public static func isBucket(_ name: String) -> Bool {
        func isAlphanumeric(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) }
        guard (3...63).contains(name.utf8.count), !name.contains(".."), let first = name.utf8.first else {
            return false
        }
        return isAlphanumeric(first)
            && name.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }
}
