import NIOCore

/// The first line of a request (RFC 9112, section 3).
enum RequestLine {
    /// Whether bytes begin with `method SP target SP HTTP/1.`: what the parser refuses of them is the method alone.
    static func isWellFormed(_ bytes: ByteBuffer?) -> Bool {
        guard let bytes, let end = bytes.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) else { return false }
        let parts = bytes.readableBytesView[..<end].split(
            separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        return parts.count == 3 && !parts[0].isEmpty && parts[1].first == UInt8(ascii: "/")
            && parts[0].allSatisfy { (0x21...0x7e).contains($0) } && parts[2].starts(with: "HTTP/1.".utf8)
    }
}
