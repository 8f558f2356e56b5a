import NIOCore

/// What a provider sent, as it came: nothing of it is parsed before it is verified.
public struct WebhookRequest: Sendable {
    /// In their order; names in any case.
    public var headers: [(name: String, value: String)]
    public var body: ByteBuffer
    /// The URL that the provider was given, with its query. Only some sign it.
    public var url: String?

    public init(headers: [(name: String, value: String)], body: ByteBuffer, url: String? = nil) {
        self.headers = headers
        self.body = body
        self.url = url
    }

    func values(of name: String) -> [String] {
        self.headers.filter { Self.isSame($0.name, name) }.map(\.value)
    }

    /// Without regard to the case of letters, and without making texts of them.
    private static func isSame(_ one: String, _ other: String) -> Bool {
        one.utf8.count == other.utf8.count
            && one.utf8.elementsEqual(other.utf8) { $0 == $1 || ($0 | 0x20 == $1 | 0x20 && isLetter($0)) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }
}
