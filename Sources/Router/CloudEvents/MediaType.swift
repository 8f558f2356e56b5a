/// A media type (RFC 9110, section 8.3.1; RFC 2046), taken apart over the bytes that hold it. White space around the
/// equals sign of a parameter is taken too: RFC 2045 allows it, though HTTP does not.
struct MediaType {
    /// What the JSON event format asks of a `datacontenttype`.
    enum Content: Sendable, Hashable {
        /// `*/json` or `*/*+json`: `data` is a JSON value.
        case json
        /// Text of which a JSON string can hold every character.
        case text
        /// Anything else: bytes.
        case binary
    }

    private let bytes: UnsafeRawBufferPointer
    private let slash: Int
    private let subtypeEnd: Int
    private let charsetRange: Range<Int>?

    /// nil where the bytes do not follow the grammar. They must outlive the value.
    init?(_ bytes: UnsafeRawBufferPointer) {
        let slash = Self.tokenEnd(bytes, from: 0)
        guard slash > 0, slash < bytes.count, bytes[slash] == UInt8(ascii: "/") else { return nil }
        let subtypeEnd = Self.tokenEnd(bytes, from: slash + 1)
        guard subtypeEnd > slash + 1, let charset = Self.parameters(bytes, from: subtypeEnd) else { return nil }
        self.bytes = bytes
        self.slash = slash
        self.subtypeEnd = subtypeEnd
        self.charsetRange = charset.isEmpty ? nil : charset
    }

    /// What kind of content it names.
    var content: Content {
        let (type, subtype) = (self.range(0..<self.slash), self.range((self.slash + 1)..<self.subtypeEnd))
        if subtype.isEqual(to: "json") || subtype.hasSuffix("+json") { return .json }
        if type.isEqual(to: "text") { return .text }
        guard type.isEqual(to: "application") || type.isEqual(to: "image") || type.isEqual(to: "message") else {
            return .binary
        }
        let isText =
            subtype.isEqual(to: "xml") || subtype.hasSuffix("+xml") || subtype.isEqual(to: "yaml")
            || subtype.hasSuffix("+yaml") || subtype.isEqual(to: "javascript")
            || subtype.isEqual(to: "x-www-form-urlencoded")
        return isText ? .text : .binary
    }

    /// What comes after `application/cloudevents` in the type, lower-case (`+json`, `-batch+json`, empty); nil where
    /// the type is another one.
    var cloudEventsSuffix: String? {
        let subtype = self.range((self.slash + 1)..<self.subtypeEnd)
        guard self.range(0..<self.slash).isEqual(to: "application"), subtype.hasPrefix("cloudevents") else {
            return nil
        }
        return String(decoding: subtype.bytes.dropFirst(11).map(\.lowercasedASCII), as: UTF8.self)
    }

    /// Whether bytes, well-formed or not, start with `application/cloudevents`. Space before it does not count: HTTP
    /// drops it, and then the receiver sees the prefix.
    static func startsLikeCloudEvents(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let text = bytes[self.spaceEnd(bytes, from: 0)...]
        return CaselessBytes(bytes: UnsafeRawBufferPointer(rebasing: text)).hasPrefix("application/cloudevents")
    }

    /// Whether text under this type is UTF-8: it names no charset, or UTF-8, or its subset US-ASCII.
    var isUTF8: Bool {
        guard let charsetRange else { return true }
        let charset = self.range(charsetRange)
        return charset.isEqual(to: "utf-8") || charset.isEqual(to: "us-ascii") || charset.isEqual(to: "utf8")
            || charset.isEqual(to: "ascii")
    }

    /// Whether ASCII text has the same bytes under its charset.
    var isASCIICompatible: Bool {
        guard !self.isUTF8, let charsetRange else { return true }
        let charset = self.range(charsetRange)
        return charset.hasPrefix("iso-8859-") || charset.hasPrefix("windows-125")
    }

    private func range(_ range: Range<Int>) -> CaselessBytes {
        CaselessBytes(bytes: UnsafeRawBufferPointer(rebasing: self.bytes[range]))
    }

    private static func tokenEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while index < bytes.count, ASCIISet.token.contains(bytes[index]) { index += 1 }
        return index
    }

    private static func spaceEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        return index
    }

    /// Checks `*( OWS ";" OWS [ parameter ] )`. Gives the range of the charset's value, empty where none is named; nil
    /// where the grammar is broken.
    private static func parameters(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Range<Int>? {
        var charset = 0..<0
        var index = start
        while index < bytes.count {
            index = self.spaceEnd(bytes, from: index)
            guard index < bytes.count else { break }
            guard bytes[index] == UInt8(ascii: ";") else { return nil }
            index = self.spaceEnd(bytes, from: index + 1)
            let nameEnd = self.tokenEnd(bytes, from: index)
            guard nameEnd > index else { continue }
            let sign = self.spaceEnd(bytes, from: nameEnd)
            guard sign < bytes.count, bytes[sign] == UInt8(ascii: "="),
                let value = self.parameterValue(bytes, from: self.spaceEnd(bytes, from: sign + 1))
            else { return nil }
            let name = CaselessBytes(bytes: UnsafeRawBufferPointer(rebasing: bytes[index..<nameEnd]))
            if name.isEqual(to: "charset") { charset = value.content }
            index = value.end
        }
        return charset
    }

    /// A token or a quoted string of printable ASCII: its content (between the quotes) and where it ends.
    private static func parameterValue(
        _ bytes: UnsafeRawBufferPointer, from start: Int
    ) -> (content: Range<Int>, end: Int)? {
        guard start < bytes.count else { return nil }
        guard bytes[start] == UInt8(ascii: "\"") else {
            let end = self.tokenEnd(bytes, from: start)
            return end > start ? (start..<end, end) : nil
        }
        var index = start + 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard index < bytes.count, bytes[start..<index].allSatisfy({ (0x20...0x7e).contains($0) || $0 == 0x09 }) else {
            return nil
        }
        return ((start + 1)..<index, index + 1)
    }
}

/// ASCII compared without regard to case.
private struct CaselessBytes {
    let bytes: UnsafeRawBufferPointer

    func isEqual(to text: StaticString) -> Bool {
        self.bytes.count == text.utf8CodeUnitCount && self.matches(text, from: 0)
    }

    func hasPrefix(_ text: StaticString) -> Bool {
        self.bytes.count >= text.utf8CodeUnitCount && self.matches(text, from: 0)
    }

    func hasSuffix(_ text: StaticString) -> Bool {
        self.bytes.count >= text.utf8CodeUnitCount
            && self.matches(text, from: self.bytes.count - text.utf8CodeUnitCount)
    }

    private func matches(_ text: StaticString, from start: Int) -> Bool {
        for index in 0..<text.utf8CodeUnitCount
        where self.bytes[start + index].lowercasedASCII != text.utf8Start[index] { return false }
        return true
    }
}
