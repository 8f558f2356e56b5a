import CloudEvents

/// Percent-encoding, each byte of UTF-8 for itself.
enum PercentEncoding {
    /// For a segment of a path or a part of a query: all but RFC 3986's unreserved characters.
    static func component(_ text: String) -> String {
        guard !text.utf8.allSatisfy(ASCIISet.unreserved.contains) else { return text }
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if ASCIISet.unreserved.contains(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
