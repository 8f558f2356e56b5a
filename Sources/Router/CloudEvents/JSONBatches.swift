import NIOCore

/// A JSON object whose members are arrays, or single values, of things that belong apart: taken apart without copying.
public enum JSONBatches {
    /// One of the things.
    public struct Entry: Sendable {
        /// The member that it is in.
        public var name: String
        /// The JSON text of it, a slice of the whole.
        public var text: ByteBuffer
    }

    /// Every element of every array among the members of the object, in their order; members that are no arrays are
    /// left out.
    ///
    /// - Throws: `malformedJSON` where the text is no JSON object; `limitExceeded` for more than `entriesMax`, or what
    ///   is
    ///   nested deeper than `nestingMax`.
    public static func entries(
        of text: ByteBuffer, entriesMax: Int, nestingMax: Int
    ) throws(CloudEventError) -> [Entry] {
        var found: [(name: String, range: Range<Int>)] = []
        var fault: CloudEventError?
        text.withUnsafeReadableBytes { bytes in
            do throws(CloudEventError) {
                found = try self.ranges(bytes, entriesMax, nestingMax)
            } catch { fault = error }
        }
        if let fault { throw fault }
        return found.compactMap { name, range in
            text.getSlice(at: text.readerIndex + range.lowerBound, length: range.count)
                .map { Entry(name: name, text: $0) }
        }
    }

    private static func ranges(
        _ bytes: UnsafeRawBufferPointer, _ entriesMax: Int, _ nestingMax: Int
    ) throws(CloudEventError) -> [(name: String, range: Range<Int>)] {
        var found: [(name: String, range: Range<Int>)] = []
        var scanner = JSONScanner(bytes)
        scanner.skipWhitespace()
        try scanner.expect(UInt8(ascii: "{"), "an object")
        scanner.skipWhitespace()
        var isLast = scanner.take(UInt8(ascii: "}"))
        while !isLast {
            let token = try scanner.scanString()
            let name = String(buffer: try scanner.unescape(token))
            scanner.skipWhitespace()
            try scanner.expect(UInt8(ascii: ":"), "':'")
            scanner.skipWhitespace()
            if scanner.next == UInt8(ascii: "[") {
                try self.elements(&scanner, nestingMax - 2) { range throws(CloudEventError) in
                    guard found.count < entriesMax else {
                        throw CloudEventError(
                            .limitExceeded, reason: "the batch has more than \(entriesMax) entries")
                    }
                    found.append((name, range))
                }
            } else {
                try scanner.skipValue(nestingMax: nestingMax - 1)
            }
            scanner.skipWhitespace()
            isLast = scanner.take(UInt8(ascii: "}"))
            if !isLast {
                try scanner.expect(UInt8(ascii: ","), "',' or '}'")
                scanner.skipWhitespace()
            }
        }
        try scanner.expectEnd()
        return found
    }

    private static func elements(
        _ scanner: inout JSONScanner, _ nestingMax: Int,
        _ body: (Range<Int>) throws(CloudEventError) -> Void
    ) throws(CloudEventError) {
        try scanner.expect(UInt8(ascii: "["), "'['")
        scanner.skipWhitespace()
        var isLast = scanner.take(UInt8(ascii: "]"))
        while !isLast {
            let start = scanner.position
            try scanner.skipValue(nestingMax: nestingMax)
            try body(start..<scanner.position)
            scanner.skipWhitespace()
            isLast = scanner.take(UInt8(ascii: "]"))
            if !isLast {
                try scanner.expect(UInt8(ascii: ","), "',' or ']'")
                scanner.skipWhitespace()
            }
        }
    }
}
