import CloudEvents
import NIOCore

/// A value of JSON that can be taken apart and put together. Numbers stay as they were written, members in their order.
public indirect enum JSONTree: Sendable, Hashable {
    /// A member of an object.
    public struct Member: Sendable, Hashable {
        public var name: String
        public var value: JSONTree

        public init(name: String, value: JSONTree) {
            self.name = name
            self.value = value
        }
    }

    case null
    case boolean(Bool)
    /// As it was written.
    case number(String)
    case string(String)
    case array([JSONTree])
    /// Of a name that is there twice the last one counts.
    case object([Member])

    /// Values inside one text at most.
    public static let valuesMax = 100_000
    /// Arrays and objects inside each other at most.
    public static let depthMax = 64

    /// Reads one JSON text.
    /// - Throws: `malformedJSON`, or `limitExceeded` over ``valuesMax`` or ``depthMax``.
    public init(_ text: ByteBuffer) throws(CloudEventError) {
        let result = text.withUnsafeReadableBytes { bytes -> Result<JSONTree, CloudEventError> in
            Result { () throws(CloudEventError) in
                var reader = JSONTreeReader(bytes)
                return try reader.read()
            }
        }
        self = try result.get()
    }

    /// The value of a member; nil where there is none, or this is no object.
    public subscript(_ name: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    /// The value at the end of a pointer's tokens (RFC 6901); nil where it is not there.
    public func value(at tokens: some Sequence<String>) -> JSONTree? {
        var value = self
        for token in tokens {
            switch value {
            case .object:
                guard let member = value[token] else { return nil }
                value = member
            case .array(let elements):
                // Without leading zeros (section 4).
                guard let index = Int(token), String(index) == token, elements.indices.contains(index) else {
                    return nil
                }
                value = elements[index]
            default: return nil
            }
        }
        return value
    }

    /// A string as it is meant, a number or boolean as it is written; nil for everything else.
    public var text: String? {
        switch self {
        case .string(let text), .number(let text): text
        case .boolean(let value): value ? "true" : "false"
        case .null, .array, .object: nil
        }
    }

    /// Appends the value as JSON, until the buffer has more than so many bytes.
    /// - Returns: whether it fitted.
    public func write(into buffer: inout ByteBuffer, bytesMax: Int) -> Bool {
        guard buffer.readableBytes <= bytesMax else { return false }
        switch self {
        case .null: buffer.writeStaticString("null")
        case .boolean(let value): buffer.writeString(value ? "true" : "false")
        case .number(let text): buffer.writeString(text)
        case .string(let text): JSONText.write(text, to: &buffer)
        case .array(let elements):
            buffer.writeInteger(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { buffer.writeInteger(UInt8(ascii: ",")) }
                guard element.write(into: &buffer, bytesMax: bytesMax) else { return false }
            }
            buffer.writeInteger(UInt8(ascii: "]"))
        case .object(let members):
            buffer.writeInteger(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { buffer.writeInteger(UInt8(ascii: ",")) }
                JSONText.write(member.name, to: &buffer)
                buffer.writeInteger(UInt8(ascii: ":"))
                guard member.value.write(into: &buffer, bytesMax: bytesMax) else { return false }
            }
            buffer.writeInteger(UInt8(ascii: "}"))
        }
        return buffer.readableBytes <= bytesMax
    }
}
