import NIOCore

/// Attribute values as HTTP header values and back (HTTP binding, section 3.1.3.2).
public enum HTTPHeaderValue {
    /// What is wrong with a value.
    struct Fault: Error {
        let reason: String
    }

    /// The bytes without spaces and tabs at the ends, which HTTP does not count to a value.
    static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var (start, end) = (0, bytes.count)
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
    }

    /// Whether there is anything to decode: a percent sign, a quote, or a byte outside ASCII to look at.
    static func isEncoded(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.contains { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "\"") || $0 >= 0x80 }
    }

    /// The value without its double-quoted strings' quotes and backslashes (RFC 7230, section 3.2.6), then
    /// percent-decoded once.
    ///
    /// Characters outside ASCII that were not encoded are taken as they are, for senders that do not encode; except
    /// U+FFFD, which is what is left of a byte that was not UTF-8.
    static func decoded(_ bytes: UnsafeRawBufferPointer) -> Result<ByteBuffer, Fault> {
        guard let unquoted = self.unquoted(bytes) else {
            return .failure(Fault(reason: "has a quoted string without an end"))
        }
        return unquoted.withUnsafeReadableBytes { bytes in
            var decoded = ByteBuffer()
            decoded.reserveCapacity(bytes.count)
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                if byte == UInt8(ascii: "%") {
                    guard bytes.count - index >= 3, let high = bytes[index + 1].hexValue,
                        let low = bytes[index + 2].hexValue
                    else { return .failure(Fault(reason: "has a percent sign without two hexadecimal digits")) }
                    decoded.writeInteger(high << 4 | low)
                    index += 3
                } else {
                    let isReplacement =
                        byte == 0xef && bytes.count - index >= 3 && bytes[index + 1] == 0xbf && bytes[index + 2] == 0xbd
                    guard !isReplacement else {
                        return .failure(Fault(reason: "has bytes that are not UTF-8; percent-encode them"))
                    }
                    decoded.writeInteger(byte)
                    index += 1
                }
            }
            return .success(decoded)
        }
    }

    /// The value as header text: space, quote, percent and everything outside U+0021...U+007E as `%XX` of its UTF-8.
    public static func encoded(_ bytes: UnsafeRawBufferPointer) -> String {
        let extra = bytes.reduce(0) { $0 + (self.needsEncoding($1) ? 2 : 0) }
        guard extra > 0 else { return String(decoding: bytes, as: UTF8.self) }
        return String(unsafeUninitializedCapacity: bytes.count + extra) { target in
            var written = 0
            for byte in bytes {
                if self.needsEncoding(byte) {
                    target[written] = UInt8(ascii: "%")
                    target[written + 1] = self.hexDigit(byte >> 4)
                    target[written + 2] = self.hexDigit(byte & 0x0f)
                    written += 3
                } else {
                    target[written] = byte
                    written += 1
                }
            }
            return written
        }
    }

    private static func needsEncoding(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte >= 0x7f || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "%")
    }

    private static func hexDigit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? nibble + 0x30 : nibble - 10 + UInt8(ascii: "A")
    }

    private static func unquoted(_ bytes: UnsafeRawBufferPointer) -> ByteBuffer? {
        var text = ByteBuffer()
        text.reserveCapacity(bytes.count)
        var isQuoted = false
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if isQuoted, byte == UInt8(ascii: "\\") {
                guard index < bytes.count else { return nil }
                text.writeInteger(bytes[index])
                index += 1
            } else {
                text.writeInteger(byte)
            }
        }
        return isQuoted ? nil : text
    }
}
