import NIOCore

/// A strict reader of JSON text (RFC 8259) over bytes. It never recurses: nesting costs one bit a level, up to a limit.
package struct JSONScanner {
    /// A string as it stands in the text, without its quotes.
    package struct StringToken {
        package let range: Range<Int>
        package let hasEscapes: Bool
    }

    let bytes: UnsafeRawBufferPointer
    /// Where the next byte is read.
    package private(set) var position = 0

    package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Whether the bytes are one JSON value with nothing but white space around it.
    static func isValid(_ bytes: UnsafeRawBufferPointer, nestingMax: Int) -> Bool {
        var scanner = JSONScanner(bytes)
        do throws(CloudEventError) {
            scanner.skipWhitespace()
            try scanner.skipValue(nestingMax: nestingMax)
            try scanner.expectEnd()
            return true
        } catch {
            return false
        }
    }

    /// The byte at the position; nil at the end.
    @inline(__always) package var next: UInt8? { self.position < self.bytes.count ? self.bytes[self.position] : nil }

    /// The bytes of a range of the text.
    @inline(__always)
    package func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self.bytes[range])
    }

    @inline(__always)
    package mutating func skipWhitespace() {
        while let byte = self.next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { self.position += 1 }
    }

    /// Takes `byte` if it comes next.
    @inline(__always)
    package mutating func take(_ byte: UInt8) -> Bool {
        guard self.next == byte else { return false }
        self.position += 1
        return true
    }

    /// Takes `byte` or throws `malformedJSON`.
    @inline(__always)
    package mutating func expect(_ byte: UInt8, _ what: StaticString) throws(CloudEventError) {
        guard self.take(byte) else { throw self.unexpected(what) }
    }

    /// Throws where anything but white space follows.
    package mutating func expectEnd() throws(CloudEventError) {
        self.skipWhitespace()
        guard self.position == self.bytes.count else { throw self.unexpected("the end of the text") }
    }

    /// Reads a string from its opening quote.
    package mutating func scanString() throws(CloudEventError) -> StringToken {
        try self.expect(UInt8(ascii: "\""), "a string")
        let start = self.position
        var hasEscapes = false
        while true {
            while self.bytes.count - self.position >= 8 {
                let word = ByteWord(self.bytes, at: self.position)
                let marks =
                    word.nonASCII | word.controls | word.equal(to: UInt8(ascii: "\""))
                    | word.equal(to: UInt8(ascii: "\\"))
                guard marks == 0 else {
                    self.position += ByteWord.firstIndex(in: marks)
                    break
                }
                self.position += 8
            }
            guard let byte = self.next else { throw self.failure("the text ends inside a string") }
            switch byte {
            case UInt8(ascii: "\""):
                self.position += 1
                return StringToken(range: start..<(self.position - 1), hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try self.skipEscape()
            case 0x00..<0x20: throw self.failure("a control character in a string must be escaped")
            case 0x80...0xff:
                guard let sequence = UTF8Sequence(self.bytes, at: self.position) else {
                    throw self.failure("the text is not UTF-8")
                }
                self.position += sequence.length
            default: self.position += 1
            }
        }
    }

    /// Reads a number (section 6). Gives whether it has neither fraction nor exponent.
    package mutating func scanNumber() throws(CloudEventError) -> Bool {
        var isInteger = true
        _ = self.take(UInt8(ascii: "-"))
        if !self.take(UInt8(ascii: "0")) { try self.skipDigits() }
        if self.take(UInt8(ascii: ".")) {
            isInteger = false
            try self.skipDigits()
        }
        if let byte = self.next, byte | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            self.position += 1
            if !self.take(UInt8(ascii: "+")) { _ = self.take(UInt8(ascii: "-")) }
            try self.skipDigits()
        }
        return isInteger
    }

    /// Reads `true`, `false` or `null`.
    package mutating func scanLiteral(_ literal: StaticString) throws(CloudEventError) {
        let length = literal.utf8CodeUnitCount
        guard self.bytes.count - self.position >= length,
            self.slice(self.position..<(self.position + length)).isEqual(to: literal)
        else { throw self.unexpected("a value") }
        self.position += length
    }

    private mutating func skipDigits() throws(CloudEventError) {
        guard let first = self.next, first.isASCIIDigit else { throw self.unexpected("a digit") }
        while let byte = self.next, byte.isASCIIDigit { self.position += 1 }
    }

    private mutating func skipEscape() throws(CloudEventError) {
        self.position += 1
        guard let byte = self.next else { throw self.failure("the text ends inside a string") }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            self.position += 1
        case UInt8(ascii: "u"):
            self.position += 1
            for _ in 0..<4 {
                guard let digit = self.next, ASCIISet.hexDigit.contains(digit) else {
                    throw self.unexpected("four hexadecimal digits")
                }
                self.position += 1
            }
        default: throw self.unexpected("an escape that JSON knows")
        }
    }

    func failure(_ reason: String) -> CloudEventError {
        CloudEventError(.malformedJSON, reason: reason, byteOffset: self.position)
    }

    package func unexpected(_ wanted: StaticString) -> CloudEventError {
        guard let byte = self.next else { return self.failure("expected \(wanted), but the text ends") }
        let found = (0x21...0x7e).contains(byte) ? "'\(Unicode.Scalar(byte))'" : "byte \(byte)"
        return self.failure("expected \(wanted), found \(found)")
    }
}
