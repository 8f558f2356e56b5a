/// Makes values of attributes of whatever text others send: total, bounded, and valid in every case.
public enum AttributeRepair {
    /// The text without what no attribute may hold and without space around it, cut off after `bytesMax` bytes; nil
    /// where nothing is left.
    public static func text(_ text: String, bytesMax: Int) -> String? {
        var result = text
        if result.utf8.count > bytesMax || self.hasFault(&result) { result = self.allowed(text, bytesMax) }
        guard result.utf8.first != 0x20, result.utf8.last != 0x20 else {
            let trimmed = result.drop { $0 == " " }
            guard let end = trimmed.lastIndex(where: { $0 != " " }) else { return nil }
            return String(trimmed[...end])
        }
        return result.isEmpty ? nil : result
    }

    /// The same as a URI-reference (RFC 3986): what may not stand there is percent-encoded. nil where nothing is left,
    /// or where it is none for all that.
    public static func uriReference(_ text: String, bytesMax: Int) -> String? {
        guard let text = self.text(text, bytesMax: bytesMax) else { return nil }
        if URIReference.isValid(text) { return text }
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            if ASCIISet.unreserved.contains(byte) || "%:/?#[]@!$&'()*+,;=".utf8.contains(byte) {
                encoded.append(byte)
            } else {
                encoded.append(UInt8(ascii: "%"))
                for digit in [byte >> 4, byte & 0x0f] {
                    encoded.append(digit < 10 ? digit + 0x30 : digit - 10 + UInt8(ascii: "A"))
                }
            }
        }
        let result = String(decoding: encoded, as: UTF8.self)
        return URIReference.isValid(result) ? result : nil
    }

    /// Whether a text can be a media type that is not CloudEvents' own.
    public static func isMediaType(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            let bytes = UnsafeRawBufferPointer(bytes)
            return MediaType(bytes) != nil && !MediaType.startsLikeCloudEvents(bytes)
        }
    }

    private static func hasFault(_ text: inout String) -> Bool {
        text.withUTF8 { AttributeText.firstFault(in: UnsafeRawBufferPointer($0)) != nil }
    }

    private static func allowed(_ text: String, _ bytesMax: Int) -> String {
        var result = ""
        var bytes = 0
        for scalar in text.unicodeScalars {
            let value = scalar.value
            guard value >= 0x20, !(0x7f...0x9f).contains(value), !(0xfdd0...0xfdef).contains(value),
                value & 0xfffe != 0xfffe
            else { continue }
            let length = UTF8.width(scalar)
            guard bytes + length <= bytesMax else { break }
            bytes += length
            result.unicodeScalars.append(scalar)
        }
        return result
    }
}
