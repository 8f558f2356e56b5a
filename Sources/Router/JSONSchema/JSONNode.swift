import CloudEvents
import NIOCore

/// A value of JSON, with exact numbers and texts, as validation compares them.
public enum JSONNode: Sendable, Hashable {
    case null
    case boolean(Bool)
    case number(DecimalNumber)
    case string(ExactText)
    case array([JSONNode])
    case object([ExactText: JSONNode])

    /// Arrays and objects inside each other at most.
    public static let depthMax = 128

    /// - Throws: ``CloudEventError`` where the bytes are not one JSON text, a name stands twice in an object, a number
    ///   is out of bounds, or arrays and objects lie deeper than ``depthMax``.
    public init(_ bytes: UnsafeRawBufferPointer) throws(CloudEventError) {
        var scanner = JSONScanner(bytes)
        scanner.skipWhitespace()
        self = try Self.value(&scanner, depth: 0)
        try scanner.expectEnd()
    }

    /// The same of a text.
    public init(_ text: String) throws(CloudEventError) {
        let result = Array(text.utf8).withUnsafeBytes { bytes -> Result<JSONNode, CloudEventError> in
            Result { () throws(CloudEventError) in try JSONNode(bytes) }
        }
        self = try result.get()
    }

    private static func value(_ scanner: inout JSONScanner, depth: Int) throws(CloudEventError) -> JSONNode {
        guard let byte = scanner.next else { throw scanner.unexpected("a value") }
        switch byte {
        case UInt8(ascii: "\""): return .string(try self.text(&scanner))
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard depth < self.depthMax else {
                throw CloudEventError(
                    .limitExceeded, reason: "the value is nested deeper than \(self.depthMax) levels",
                    byteOffset: scanner.position)
            }
            return byte == UInt8(ascii: "{")
                ? try self.object(&scanner, depth: depth + 1) : try self.array(&scanner, depth: depth + 1)
        case UInt8(ascii: "t"):
            try scanner.scanLiteral("true")
            return .boolean(true)
        case UInt8(ascii: "f"):
            try scanner.scanLiteral("false")
            return .boolean(false)
        case UInt8(ascii: "n"):
            try scanner.scanLiteral("null")
            return .null
        case UInt8(ascii: "-"), 0x30...0x39:
            let start = scanner.position
            _ = try scanner.scanNumber()
            guard let number = DecimalNumber(scanner.slice(start..<scanner.position)) else {
                throw CloudEventError(
                    .limitExceeded, reason: "the exponent of a number is beyond \(DecimalNumber.exponentMax)",
                    byteOffset: start)
            }
            return .number(number)
        default: throw scanner.unexpected("a value")
        }
    }

    private static func text(_ scanner: inout JSONScanner) throws(CloudEventError) -> ExactText {
        let token = try scanner.scanString()
        guard token.hasEscapes else { return ExactText(String(decoding: scanner.slice(token.range), as: UTF8.self)) }
        return ExactText(String(decoding: try scanner.unescape(token).readableBytesView, as: UTF8.self))
    }

    private static func array(_ scanner: inout JSONScanner, depth: Int) throws(CloudEventError) -> JSONNode {
        var items: [JSONNode] = []
        _ = scanner.take(UInt8(ascii: "["))
        scanner.skipWhitespace()
        if scanner.take(UInt8(ascii: "]")) { return .array([]) }
        repeat {
            scanner.skipWhitespace()
            items.append(try self.value(&scanner, depth: depth))
            scanner.skipWhitespace()
        } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "]"), "',' or ']'")
        return .array(items)
    }

    private static func object(_ scanner: inout JSONScanner, depth: Int) throws(CloudEventError) -> JSONNode {
        var members: [ExactText: JSONNode] = [:]
        _ = scanner.take(UInt8(ascii: "{"))
        scanner.skipWhitespace()
        if scanner.take(UInt8(ascii: "}")) { return .object([:]) }
        repeat {
            scanner.skipWhitespace()
            let position = scanner.position
            let name = try self.text(&scanner)
            scanner.skipWhitespace()
            try scanner.expect(UInt8(ascii: ":"), "':'")
            scanner.skipWhitespace()
            guard members.updateValue(try self.value(&scanner, depth: depth), forKey: name) == nil else {
                throw CloudEventError(
                    .malformedJSON, reason: "a member's name stands twice in an object", byteOffset: position)
            }
            scanner.skipWhitespace()
        } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "}"), "',' or '}'")
        return .object(members)
    }

    /// What a schema calls its type.
    var typeName: String {
        switch self {
        case .null: "null"
        case .boolean: "boolean"
        case .number(let number): number.isInteger ? "integer" : "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// The member of an object; nil where there is none.
    public subscript(name: String) -> JSONNode? {
        guard case .object(let members) = self else { return nil }
        return members[ExactText(name)]
    }

    /// The text of a string; nil for anything else.
    public var text: String? {
        guard case .string(let text) = self else { return nil }
        return text.text
    }
}
