import CloudEvents

/// Bytes as they may stand in a header (RFC 9110, section 5).
enum HeaderText {
    static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy(ASCIISet.token.contains)
    }

    /// No control characters but tabs.
    static func isValue(_ value: String) -> Bool {
        value.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7f) || $0 == 0x09 }
    }

    /// A value in the encoding of the CloudEvents HTTP binding, section 3.1.3.2; an empty one stays empty.
    static func encoded(_ bytes: UnsafeRawBufferPointer) -> String {
        bytes.isEmpty ? "" : HTTPHeaderValue.encoded(bytes)
    }

    /// `<source>#<id>` in the same encoding. Number signs of the parts are encoded as well,
    /// so that no two events share a key.
    static func idempotencyKey(source: UnsafeRawBufferPointer, id: UnsafeRawBufferPointer) -> String {
        String(unsafeUninitializedCapacity: (source.count + id.count) * 3 + 1) { target in
            let separator = self.write(source, to: target, at: 0)
            target[separator] = UInt8(ascii: "#")
            return self.write(id, to: target, at: separator + 1)
        }
    }

    private static func isEncoded(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte >= 0x7f || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "%")
            || byte == UInt8(ascii: "#")
    }

    /// Writes from `start` and returns where it ended.
    private static func write(
        _ bytes: UnsafeRawBufferPointer, to target: UnsafeMutableBufferPointer<UInt8>, at start: Int
    ) -> Int {
        func digit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? nibble + 0x30 : nibble - 10 + UInt8(ascii: "A") }
        var end = start
        for byte in bytes {
            if self.isEncoded(byte) {
                target[end] = UInt8(ascii: "%")
                target[end + 1] = digit(byte >> 4)
                target[end + 2] = digit(byte & 0x0f)
                end += 3
            } else {
                target[end] = byte
                end += 1
            }
        }
        return end
    }
}
