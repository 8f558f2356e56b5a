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
        self.headers.filter { $0.name.count == name.count && $0.name.lowercased() == name.lowercased() }.map(\.value)
    }
}
