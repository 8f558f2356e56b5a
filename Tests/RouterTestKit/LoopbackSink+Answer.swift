import NIOCore

extension LoopbackSink {
    /// How a request is answered.
    public indirect enum Answer: Sendable {
        /// A whole response. `Content-Length` is set, except for 1xx, 204 and 304; further headers go as they are.
        case status(Int, headers: [(String, String)] = [], body: ByteBuffer = ByteBuffer())
        /// Nothing comes, and the connection stays open.
        case hang
        /// The connection is reset (RST) without a byte.
        case reset
        /// A head with this status that announces 1,000 bytes, ten of them, and then a reset.
        case resetMidResponse(Int)
        /// The connection is closed in order, without a byte.
        case close
        /// These bytes as they are; the connection stays open or is closed in order.
        case raw(String, close: Bool)
        /// An answer that waits until the gate is opened.
        case after(Gate, Answer)

        /// Bytes that are no HTTP response, and then an orderly close.
        public static let malformed = Self.raw("220 mail.example.com ESMTP ready\r\n\r\n", close: true)

        /// A whole response with a text as its body.
        public static func text(_ status: Int, _ body: String) -> Self {
            .status(status, headers: [("Content-Type", "text/plain")], body: ByteBuffer(string: body))
        }
    }
}
