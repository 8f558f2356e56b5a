/// The grammar of RFC 3986, checked over bytes.
package enum URIReference {
    /// Whether the bytes are a URI-reference (section 4.1): a URI or a relative reference.
    package static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool { self.check(bytes, needsScheme: false) }

    package static func isValid(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { self.isValid(UnsafeRawBufferPointer($0)) }
    }

    /// Whether the bytes are a URI (section 3), which begins with a scheme.
    package static func isURI(_ bytes: UnsafeRawBufferPointer) -> Bool { self.check(bytes, needsScheme: true) }

    private static var schemeSet: ASCIISet { ASCIISet(0x03ff_6800_0000_0000, 0x07ff_fffe_07ff_fffe) }
    private static var hostSet: ASCIISet { ASCIISet(0x2bff_7fd2_0000_0000, 0x47ff_fffe_87ff_fffe) }
    private static var userInfoSet: ASCIISet { ASCIISet(0x2fff_7fd2_0000_0000, 0x47ff_fffe_87ff_fffe) }
    private static var pathSet: ASCIISet { ASCIISet(0x2fff_ffd2_0000_0000, 0x47ff_fffe_87ff_ffff) }
    private static var querySet: ASCIISet { ASCIISet(0xafff_ffd2_0000_0000, 0x47ff_fffe_87ff_ffff) }

    private static func check(_ bytes: UnsafeRawBufferPointer, needsScheme: Bool) -> Bool {
        var cursor = 0
        let scheme = self.schemeLength(bytes)
        if let scheme {
            cursor = scheme + 1
        } else if needsScheme {
            return false
        }
        let pathEnd = self.index(in: bytes, from: cursor) { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
        let queryEnd = self.index(in: bytes, from: pathEnd) { $0 == UInt8(ascii: "#") }
        if pathEnd - cursor >= 2, bytes[cursor] == UInt8(ascii: "/"), bytes[cursor + 1] == UInt8(ascii: "/") {
            let authorityEnd = min(self.index(in: bytes, from: cursor + 2) { $0 == UInt8(ascii: "/") }, pathEnd)
            guard self.isAuthority(bytes[(cursor + 2)..<authorityEnd]) else { return false }
            cursor = authorityEnd
        } else if scheme == nil {
            // path-noscheme: a colon in the first segment would read as a scheme.
            let segmentEnd = min(self.index(in: bytes, from: cursor) { $0 == UInt8(ascii: "/") }, pathEnd)
            guard !bytes[cursor..<segmentEnd].contains(UInt8(ascii: ":")) else { return false }
        }
        return self.consists(bytes[cursor..<pathEnd], of: self.pathSet)
            && self.consists(bytes[min(pathEnd + 1, queryEnd)..<queryEnd], of: self.querySet)
            && self.consists(bytes[min(queryEnd + 1, bytes.count)...], of: self.querySet)
    }

    /// The length of the scheme before its colon; nil where there is none.
    private static func schemeLength(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard let first = bytes.first, first.isASCIILetter else { return nil }
        let end = self.index(in: bytes, from: 1) { !self.schemeSet.contains($0) }
        return end < bytes.count && bytes[end] == UInt8(ascii: ":") ? end : nil
    }

    /// `[ userinfo "@" ] host [ ":" port ]`
    private static func isAuthority(_ authority: Slice<UnsafeRawBufferPointer>) -> Bool {
        var rest = authority
        if let at = rest.firstIndex(of: UInt8(ascii: "@")) {
            guard self.consists(rest[..<at], of: self.userInfoSet) else { return false }
            rest = rest[(at + 1)...]
        }
        let host: Slice<UnsafeRawBufferPointer>
        if rest.first == UInt8(ascii: "[") {
            guard let bracket = rest.firstIndex(of: UInt8(ascii: "]")),
                IPLiteral.isValid(rest[(rest.startIndex + 1)..<bracket])
            else { return false }
            rest = rest[(bracket + 1)...]
        } else {
            host = rest.prefix { $0 != UInt8(ascii: ":") }
            guard self.consists(host, of: self.hostSet) else { return false }
            rest = rest[host.endIndex...]
        }
        guard let colon = rest.first else { return true }
        return colon == UInt8(ascii: ":") && rest.dropFirst().allSatisfy(\.isASCIIDigit)
    }

    /// Whether all bytes are of `set` or belong to a percent-encoded triplet.
    private static func consists(_ bytes: Slice<UnsafeRawBufferPointer>, of set: ASCIISet) -> Bool {
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if set.contains(bytes[index]) {
                index += 1
            } else {
                guard bytes[index] == UInt8(ascii: "%"), bytes.endIndex - index >= 3,
                    ASCIISet.hexDigit.contains(bytes[index + 1]), ASCIISet.hexDigit.contains(bytes[index + 2])
                else { return false }
                index += 3
            }
        }
        return true
    }

    private static func index(
        in bytes: UnsafeRawBufferPointer, from start: Int, where matches: (UInt8) -> Bool
    ) -> Int {
        var index = start
        while index < bytes.count, !matches(bytes[index]) { index += 1 }
        return index
    }
}
