import CloudEvents

/// The URL of a sink: absolute, `http` or `https`, taken apart without any library so that all rooms agree on it.
///
/// The host is lower-case ASCII: a DNS name, an IPv4 address in its common form, or an IPv6 address in brackets. Forms
/// in which addresses are commonly hidden (`127.1`, `0x7f000001`, `2130706433`) are refused.
public struct SinkURL: Sendable, Hashable, CustomStringConvertible {
    /// The longest URL, in bytes.
    public static let bytesMax = 2_048

    /// The schemes that are delivered to.
    public enum Scheme: String, Sendable, Hashable {
        /// In the clear; port 80.
        case http
        /// Over TLS; port 443.
        case https
    }

    /// What the URL begins with, whatever its case was.
    public let scheme: Scheme
    /// Without brackets; lower-case.
    public let host: String
    /// The port that was given, or the scheme's own: 80 or 443.
    public let port: Int
    /// Path and query as they were given; at least `/`. Never empty, never with a fragment.
    public let pathAndQuery: String

    /// Whether the host is an IPv6 address.
    public var isIPv6: Bool { self.host.utf8.contains(UInt8(ascii: ":")) }
    /// The host as it stands in a URL: an IPv6 address in brackets.
    public var bracketedHost: String { self.isIPv6 ? "[\(self.host)]" : self.host }
    /// `scheme://host:port`, the port always written: what one circuit and one connection pool belong to.
    public var origin: String { "\(self.scheme.rawValue)://\(self.bracketedHost):\(self.port)" }
    /// `host`, or `host:port` where it is not the scheme's own: the value of the `Host` header.
    public var authority: String {
        self.port == Self.defaultPort(self.scheme) ? self.bracketedHost : "\(self.bracketedHost):\(self.port)"
    }
    /// The normalised URL.
    public var description: String { "\(self.scheme.rawValue)://\(self.authority)\(self.pathAndQuery)" }

    /// Takes a URL apart.
    /// - Throws: ``SinkURLError`` that says what is wrong with it and what would be right.
    public init(_ text: String) throws(SinkURLError) {
        let bytes = Array(text.utf8)
        try Self.checkCharacters(of: text, bytes)
        let (scheme, rest) = try Self.scheme(of: text)
        let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let authority = rest[..<authorityEnd]
        guard !authority.utf8.contains(UInt8(ascii: "@")) else {
            throw Self.hasUser
        }
        let (host, port): (String, Int?)
        do throws(SinkURLError) {
            (host, port) = try Self.hostAndPort(authority)
        } catch {
            // A password may have a slash in it, and what looks like a host or a port is a part of it.
            throw rest.utf8.contains(UInt8(ascii: "@")) ? Self.hasUser : error
        }
        let path = rest[authorityEnd...]
        self.scheme = scheme
        self.host = host
        self.port = port ?? Self.defaultPort(scheme)
        self.pathAndQuery = path.utf8.first == UInt8(ascii: "/") ? String(path) : "/" + path
    }

    /// The origin of a sink, nil where the text is no URL of one.
    public static func origin(ofSink text: String) -> String? {
        guard let url = try? SinkURL(text) else { return nil }
        return url.origin
    }

    private static let hasUser = SinkURLError(
        "must not carry a user name or password; send an Authorization header instead")

    private static func defaultPort(_ scheme: Scheme) -> Int { scheme == .https ? 443 : 80 }

    // MARK: Parts

    private static func checkCharacters(of text: String, _ bytes: [UInt8]) throws(SinkURLError) {
        guard !bytes.isEmpty else {
            throw SinkURLError("must not be empty; give an absolute URL such as https://example.com/in")
        }
        guard bytes.count <= self.bytesMax else {
            throw SinkURLError("has \(bytes.count) bytes; at most \(self.bytesMax) are allowed")
        }
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "#"): throw SinkURLError("must not have a fragment; leave out # and what follows")
            case UInt8(ascii: "%"):
                let digits = bytes[(index + 1)...].prefix(2)
                guard digits.count == 2, digits.allSatisfy(ASCIISet.hexDigit.contains) else {
                    throw SinkURLError(
                        "has a % that is not followed by two hexadecimal digits; write %25 for the sign itself")
                }
            case 0...0x20, 0x7f:
                throw SinkURLError("must not contain white space or control characters; write %20 for a space")
            case 0x80...:
                throw SinkURLError("must be ASCII; percent-encode the path, and write the host in Punycode (xn--…)")
            case UInt8(ascii: "\\"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "^"),
                UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"):
                throw SinkURLError("must not contain '\(Character(UnicodeScalar(byte)))'; percent-encode it")
            default: break
            }
        }
    }

    private static func scheme(of text: String) throws(SinkURLError) -> (Scheme, Substring) {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else {
            throw SinkURLError("must be an absolute URL such as https://example.com/in")
        }
        let name = text[..<colon].lowercased()
        guard let scheme = Scheme(rawValue: name) else {
            throw SinkURLError("has the scheme '\(name)'; use http or https")
        }
        return (scheme, text[text.index(colon, offsetBy: 3)...])
    }

    private static func hostAndPort(_ authority: Substring) throws(SinkURLError) -> (String, Int?) {
        let host: Substring
        let rest: Substring
        var name: String
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { throw SinkURLError("has an IPv6 address without ]") }
            host = authority[authority.index(after: authority.startIndex)..<end]
            rest = authority[authority.index(after: end)...]
            guard let address = SinkHost.canonicalIPv6(host) else {
                throw SinkURLError("has something in brackets that is no IPv6 address")
            }
            name = address
        } else {
            let colon = authority.firstIndex(of: ":") ?? authority.endIndex
            host = authority[..<colon]
            rest = authority[colon...]
            if let reason = SinkHost.fault(ofName: host) { throw SinkURLError(reason) }
            name = host.lowercased()
        }
        if name.hasSuffix(".") { name.removeLast() }
        guard !rest.isEmpty else { return (name, nil) }
        guard rest.first == ":" else { throw SinkURLError("has something after its host that is no port") }
        let digits = rest.dropFirst()
        if digits.isEmpty { return (name, nil) }
        guard digits.utf8.count <= 5, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits),
            (1...65_535).contains(port)
        else { throw SinkURLError("has a port that is none; use 1 to 65535") }
        return (name, port)
    }
}
