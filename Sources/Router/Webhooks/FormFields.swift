/// The fields of a form (`application/x-www-form-urlencoded`, URL Standard, section 5.1).
enum FormFields {
    /// Fields that are looked at.
    private static let fieldsMax = 1_000

    /// Names and values in their order; bytes that are no UTF-8 are replaced.
    static func fields(of body: some Collection<UInt8>) -> [(name: String, value: String)] {
        body.split(separator: UInt8(ascii: "&"), maxSplits: self.fieldsMax).prefix(self.fieldsMax).map { pair in
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return (self.decoded(parts[0]), parts.count > 1 ? self.decoded(parts[1]) : "")
        }
    }

    private static func decoded(_ text: some Collection<UInt8>) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var rest = text[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let high = self.digit(rest.first),
                let low = self.digit(rest.dropFirst().first)
            {
                result.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8?) -> UInt8? {
        switch byte {
        case .some(let byte) where (0x30...0x39).contains(byte): byte - 0x30
        case .some(let byte) where (0x61...0x66).contains(byte | 0x20): (byte | 0x20) - 0x61 + 10
        default: nil
        }
    }
}
