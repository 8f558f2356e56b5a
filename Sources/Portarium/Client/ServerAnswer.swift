import NIOCore

/// What a router answered to one request.
struct ServerAnswer: Sendable {
    var status: Int
    /// The text of the `Retry-After` header.
    var retryAfter: String?
    var body: ByteBuffer

    /// The body as JSON, `null` where it is none.
    var json: JSONValue { JSONValue(parsing: self.body.readableBytesView) ?? .null }

    /// The body as it came.
    var text: String { String(buffer: self.body) }

    var isSuccess: Bool { (200...299).contains(self.status) }
}
