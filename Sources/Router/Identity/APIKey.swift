import Crypto

/// An API key as its owner has it: `ptm_<id>_<secret><check>`.
///
/// The prefix lets people and scanners of repositories know it for what it is, the id names it without giving it away,
/// and the check tells a mistyped key without asking anybody. Printed or interpolated it shows its id only.
public struct APIKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What every key begins with.
    public static let prefix = "ptm_"
    /// Characters of an id.
    public static let idLength = 16
    /// Characters of a secret, 6 bits each: no less than 256 bits.
    static let secretLength = 43
    /// Characters of a check: 36 bits.
    static let checkLength = 6

    private static let idAlphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    private static let secretAlphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// 16 characters, 80 random bits: names the key in lists, logs and audit events.
    public let id: String
    /// The whole key. Shown once, to whoever made it.
    public let text: String

    /// A new key.
    public init(using generator: inout some RandomNumberGenerator) {
        let id = Self.draw(Self.idLength, of: Self.idAlphabet, using: &generator)
        let secret = Self.draw(Self.secretLength, of: Self.secretAlphabet, using: &generator)
        let head = Self.prefix + id + "_" + secret
        self.id = id
        self.text = head + Self.check(of: head)
    }

    /// A key from its text; nil where it is mistyped, cut off or no key at all.
    public init?(_ text: some StringProtocol) {
        guard let id = Self.id(in: text), text.utf8.count == Self.length else { return nil }
        let head = String(text.dropLast(Self.checkLength))
        guard head.utf8.dropFirst(Self.prefix.utf8.count + Self.idLength).first == UInt8(ascii: "_"),
            text.utf8.suffix(Self.secretLength + Self.checkLength).allSatisfy(Self.secretAlphabet.contains),
            text.hasSuffix(Self.check(of: head))
        else { return nil }
        self.id = id
        self.text = String(text)
    }

    private static let length = prefix.utf8.count + idLength + 1 + secretLength + checkLength

    /// The id that a text names where it looks like a key; whether it is one is not looked at.
    public static func id(in text: some StringProtocol) -> String? {
        guard text.hasPrefix(self.prefix) else { return nil }
        let id = text.utf8.dropFirst(self.prefix.utf8.count).prefix(self.idLength)
        guard id.count == self.idLength, id.allSatisfy(self.idAlphabet.contains) else { return nil }
        return String(decoding: id, as: UTF8.self)
    }

    /// What is kept of it.
    public var digest: KeyDigest { KeyDigest(of: self.text) }

    /// Prefix and id.
    public var hint: String { Self.prefix + self.id }

    public var description: String { self.hint + "_…" }
    public var debugDescription: String { self.description }
    public var customMirror: Mirror { Mirror(reflecting: self.description) }

    private static func draw(
        _ count: Int, of alphabet: [UInt8], using generator: inout some RandomNumberGenerator
    ) -> String {
        let bytes = (0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The first 36 bits of the head's SHA-256.
    private static func check(of head: String) -> String {
        let digest = Array(SHA256.hash(data: Array(head.utf8)).prefix(self.checkLength))
        return String(decoding: digest.map { self.secretAlphabet[Int($0 & 63)] }, as: UTF8.self)
    }
}
