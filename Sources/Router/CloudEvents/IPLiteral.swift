/// What may stand between the brackets of a host (RFC 3986, section 3.2.2): IPv6 or a future version.
package enum IPLiteral {
    static func isValid(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard let first = bytes.first else { return false }
        return first.lowercasedASCII == UInt8(ascii: "v") ? self.isFuture(bytes) : self.isVersion6(bytes)
    }

    /// `"v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )`
    private static func isFuture(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard let dot = bytes.firstIndex(of: UInt8(ascii: ".")) else { return false }
        let version = bytes[(bytes.startIndex + 1)..<dot]
        let address = bytes[(dot + 1)...]
        let addressSet = ASCIISet(0x2fff_7fd2_0000_0000, 0x47ff_fffe_87ff_fffe)
        return !version.isEmpty && version.allSatisfy(ASCIISet.hexDigit.contains)
            && !address.isEmpty && address.allSatisfy(addressSet.contains)
    }

    /// Eight groups of one to four hexadecimal digits; `::` once for one or more of them; the last two as IPv4.
    package static func isVersion6(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        let colon = UInt8(ascii: ":")
        var index = bytes.startIndex
        var groups = 0
        var isCompressed = false
        if bytes.first == colon {
            guard bytes.count >= 2, bytes[index + 1] == colon else { return false }
            isCompressed = true
            index += 2
        }
        while index < bytes.endIndex {
            let start = index
            while index < bytes.endIndex, index - start < 4, ASCIISet.hexDigit.contains(bytes[index]) { index += 1 }
            guard index > start else { return false }
            if index < bytes.endIndex, bytes[index] == UInt8(ascii: ".") {
                guard self.isVersion4(bytes[start...]) else { return false }
                groups += 2
                break
            }
            groups += 1
            guard index < bytes.endIndex else { break }
            guard bytes[index] == colon, index + 1 < bytes.endIndex else { return false }
            index += 1
            if bytes[index] == colon {
                guard !isCompressed else { return false }
                isCompressed = true
                index += 1
            }
        }
        return isCompressed ? groups <= 7 : groups == 8
    }

    /// Four decimal numbers of 0...255 without leading zeros.
    package static func isVersion4(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                guard (1...3).contains(part.count), part.allSatisfy(\.isASCIIDigit) else { return false }
                let value = part.reduce(0) { $0 * 10 + Int($1 - 0x30) }
                return value <= 255 && (part.count == 1 || part.first != 0x30)
            }
    }
}
