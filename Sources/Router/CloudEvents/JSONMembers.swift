import NIOCore

/// The members of a JSON object as the texts that they are.
public enum JSONMembers {
    /// The JSON text of a member, a slice of the whole; nil where there is none.
    /// - Throws: `malformedJSON` where the text is no JSON object; `limitExceeded` for what is nested deeper than
    ///   `nestingMax`.
    public static func text(
        of name: String, in text: ByteBuffer, nestingMax: Int
    ) throws(CloudEventError) -> ByteBuffer? {
        let result = text.withUnsafeReadableBytes { bytes in
            Result { () throws(CloudEventError) in try self.range(of: name, bytes, nestingMax) }
        }
        return try result.get().flatMap { range in
            text.getSlice(at: text.readerIndex + range.lowerBound, length: range.count)
        }
    }

    private static func range(
        of name: String, _ bytes: UnsafeRawBufferPointer, _ nestingMax: Int
    ) throws(CloudEventError) -> Range<Int>? {
        var found: Range<Int>?
        var scanner = JSONScanner(bytes)
        scanner.skipWhitespace()
        try scanner.expect(UInt8(ascii: "{"), "an object")
        scanner.skipWhitespace()
        var isLast = scanner.take(UInt8(ascii: "}"))
        while !isLast {
            let member = try scanner.unescape(try scanner.scanString())
            scanner.skipWhitespace()
            try scanner.expect(UInt8(ascii: ":"), "':'")
            scanner.skipWhitespace()
            let start = scanner.position
            try scanner.skipValue(nestingMax: nestingMax - 1)
            if member.readableBytesView.elementsEqual(name.utf8) { found = start..<scanner.position }
            scanner.skipWhitespace()
            isLast = scanner.take(UInt8(ascii: "}"))
            if !isLast {
                try scanner.expect(UInt8(ascii: ","), "',' or '}'")
                scanner.skipWhitespace()
            }
        }
        scanner.skipWhitespace()
        try scanner.expectEnd()
        return found
    }
}
