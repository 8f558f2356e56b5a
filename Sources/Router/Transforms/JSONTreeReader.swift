import CloudEvents
import NIOCore

/// Builds a ``JSONTree`` of bytes.
struct JSONTreeReader {
    private var scanner: JSONScanner
    private var values = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.scanner = JSONScanner(bytes) }

    mutating func read() throws(CloudEventError) -> JSONTree {
        self.scanner.skipWhitespace()
        let value = try self.value(depth: 0)
        try self.scanner.expectEnd()
        return value
    }

    private mutating func value(depth: Int) throws(CloudEventError) -> JSONTree {
        self.values += 1
        guard self.values <= JSONTree.valuesMax else {
            throw CloudEventError(
                .limitExceeded, reason: "there are more than \(JSONTree.valuesMax) values",
                byteOffset: self.scanner.position)
        }
        guard let byte = self.scanner.next else { throw self.scanner.unexpected("a value") }
        switch byte {
        case UInt8(ascii: "\""): return .string(try self.text())
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard depth < JSONTree.depthMax else {
                throw CloudEventError(
                    .limitExceeded, reason: "it is nested deeper than \(JSONTree.depthMax) levels",
                    byteOffset: self.scanner.position)
            }
            return byte == UInt8(ascii: "{") ? try self.object(depth: depth + 1) : try self.array(depth: depth + 1)
        case UInt8(ascii: "t"):
            try self.scanner.scanLiteral("true")
            return .boolean(true)
        case UInt8(ascii: "f"):
            try self.scanner.scanLiteral("false")
            return .boolean(false)
        case UInt8(ascii: "n"):
            try self.scanner.scanLiteral("null")
            return .null
        case UInt8(ascii: "-"), 0x30...0x39:
            let start = self.scanner.position
            _ = try self.scanner.scanNumber()
            return .number(String(decoding: self.scanner.slice(start..<self.scanner.position), as: UTF8.self))
        default: throw self.scanner.unexpected("a value")
        }
    }

    private mutating func text() throws(CloudEventError) -> String {
        let token = try self.scanner.scanString()
        guard token.hasEscapes else { return String(decoding: self.scanner.slice(token.range), as: UTF8.self) }
        return String(buffer: try self.scanner.unescape(token))
    }

    private mutating func object(depth: Int) throws(CloudEventError) -> JSONTree {
        _ = self.scanner.take(UInt8(ascii: "{"))
        self.scanner.skipWhitespace()
        if self.scanner.take(UInt8(ascii: "}")) { return .object([]) }
        var members: [JSONTree.Member] = []
        while true {
            let name = try self.text()
            self.scanner.skipWhitespace()
            try self.scanner.expect(UInt8(ascii: ":"), "':'")
            self.scanner.skipWhitespace()
            members.append(JSONTree.Member(name: name, value: try self.value(depth: depth)))
            self.scanner.skipWhitespace()
            if self.scanner.take(UInt8(ascii: "}")) { return .object(members) }
            try self.scanner.expect(UInt8(ascii: ","), "',' or '}'")
            self.scanner.skipWhitespace()
        }
    }

    private mutating func array(depth: Int) throws(CloudEventError) -> JSONTree {
        _ = self.scanner.take(UInt8(ascii: "["))
        self.scanner.skipWhitespace()
        if self.scanner.take(UInt8(ascii: "]")) { return .array([]) }
        var elements: [JSONTree] = []
        while true {
            elements.append(try self.value(depth: depth))
            self.scanner.skipWhitespace()
            if self.scanner.take(UInt8(ascii: "]")) { return .array(elements) }
            try self.scanner.expect(UInt8(ascii: ","), "',' or ']'")
            self.scanner.skipWhitespace()
        }
    }
}
