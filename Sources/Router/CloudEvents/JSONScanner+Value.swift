extension JSONScanner {
    /// The open arrays and objects: one bit each, 64 of them inline.
    private struct Nesting {
        private(set) var depth = 0
        private var top: UInt64 = 0
        private var below: [UInt64] = []

        mutating func push(isObject: Bool) {
            if self.depth > 0, self.depth & 63 == 0 { self.below.append(self.top) }
            self.top = self.top << 1 | (isObject ? 1 : 0)
            self.depth += 1
        }

        mutating func pop() {
            self.depth -= 1
            self.top >>= 1
            if self.depth > 0, self.depth & 63 == 0, let word = self.below.popLast() { self.top = word }
        }

        var isObject: Bool { self.top & 1 == 1 }
    }

    /// Reads one value of any kind from its first byte, with all that is in it.
    /// - Throws: `malformedJSON`, or `limitExceeded` where arrays and objects lie deeper than `nestingMax`.
    mutating func skipValue(nestingMax: Int) throws(CloudEventError) {
        var nesting = Nesting()
        repeat {
            if try self.openValue(&nesting, nestingMax: nestingMax) { continue }
            try self.closeValues(&nesting)
        } while nesting.depth > 0
    }

    /// Reads a scalar, an empty container, or the opening of a container up to its first value. Gives whether a value
    /// must follow.
    @inline(__always)
    private mutating func openValue(_ nesting: inout Nesting, nestingMax: Int) throws(CloudEventError) -> Bool {
        guard let byte = self.next else { throw self.unexpected("a value") }
        switch byte {
        case UInt8(ascii: "\""): _ = try self.scanString()
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard nesting.depth < nestingMax else {
                throw CloudEventError(
                    .limitExceeded, reason: "the data is nested deeper than \(nestingMax) levels",
                    byteOffset: self.position)
            }
            let isObject = byte == UInt8(ascii: "{")
            _ = self.take(byte)
            self.skipWhitespace()
            if self.take(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) { return false }
            nesting.push(isObject: isObject)
            if isObject { try self.scanMemberName() }
            return true
        case UInt8(ascii: "-"), 0x30...0x39: _ = try self.scanNumber()
        case UInt8(ascii: "t"): try self.scanLiteral("true")
        case UInt8(ascii: "f"): try self.scanLiteral("false")
        case UInt8(ascii: "n"): try self.scanLiteral("null")
        default: throw self.unexpected("a value")
        }
        return false
    }

    /// Reads what follows a value: closings, then a comma and, in an object, the next name.
    @inline(__always)
    private mutating func closeValues(_ nesting: inout Nesting) throws(CloudEventError) {
        while nesting.depth > 0 {
            self.skipWhitespace()
            let isObject = nesting.isObject
            if self.take(UInt8(ascii: ",")) {
                self.skipWhitespace()
                if isObject { try self.scanMemberName() }
                return
            }
            guard self.take(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                throw self.unexpected(isObject ? "',' or '}'" : "',' or ']'")
            }
            nesting.pop()
        }
    }

    /// Reads `"name" :` and the white space around it.
    @inline(__always)
    private mutating func scanMemberName() throws(CloudEventError) {
        _ = try self.scanString()
        self.skipWhitespace()
        try self.expect(UInt8(ascii: ":"), "':'")
        self.skipWhitespace()
    }
}
