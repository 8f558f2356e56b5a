import NIOCore

/// The members of a JSON object as the texts that they are.
public enum JSONMembers {
    /// The JSON text of a member, a slice of the whole; nil where there is none.
    /// - Parameter path: names of members, from the outside in; where one of them is no object there is none.
    /// - Throws: `malformedJSON` where the text is no JSON object; `limitExceeded` for what is nested deeper than
    ///   `nestingMax`.
    public static func text(
        at path: [String], in text: ByteBuffer, nestingMax: Int
    ) throws(CloudEventError) -> ByteBuffer? {
        try self.range(at: path, in: text, nestingMax: nestingMax).flatMap { range in
            text.getSlice(at: text.readerIndex + range.lowerBound, length: range.count)
        }
    }

    /// Where the text of a member lies, in bytes from the first readable one; else like ``text(at:in:nestingMax:)``.
    /// - Throws: the same.
    public static func range(
        at path: [String], in text: ByteBuffer, nestingMax: Int
    ) throws(CloudEventError) -> Range<Int>? {
        let result = text.withUnsafeReadableBytes { bytes in
            Result { () throws(CloudEventError) in try self.range(at: path, bytes, nestingMax) }
        }
        return try result.get()
    }

    private static func range(
        at path: [String], _ bytes: UnsafeRawBufferPointer, _ nestingMax: Int
    ) throws(CloudEventError) -> Range<Int>? {
        var found = 0..<bytes.count
        for (depth, name) in path.enumerated() {
            let object = UnsafeRawBufferPointer(rebasing: bytes[found])
            guard depth == 0 || object.first == UInt8(ascii: "{"),
                let member = try self.range(of: name, object, nestingMax - depth)
            else { return nil }
            found = (found.lowerBound + member.lowerBound)..<(found.lowerBound + member.upperBound)
        }
        return found
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
