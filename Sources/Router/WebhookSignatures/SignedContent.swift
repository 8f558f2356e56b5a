import NIOCore

/// What may have been signed: some bytes, and behind them the body, which is not copied.
struct SignedContent: Sendable {
    var head: [UInt8] = []
    var body: ByteBuffer?

    /// All of it in one piece.
    var bytes: [UInt8] {
        guard let body else { return self.head }
        return self.head + body.readableBytesView
    }
}
