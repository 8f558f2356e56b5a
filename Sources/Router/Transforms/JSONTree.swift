import CloudEvents
import NIOCore

/// A value of JSON that can be taken apart and put together. Numbers stay as they were written, members in their order.
/// Whoever makes one of others keeps it within ``depthMax``: releasing it takes stack for each level.
indirect enum JSONTree: Sendable, Hashable {
    /// A member of an object.
    struct Member: Sendable, Hashable {
        var name: String
        var value: JSONTree
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
    static let valuesMax = 100_000
    /// Arrays and objects inside each other at most.
    static let depthMax = 64

    /// Reads one JSON text.
    /// - Throws: `malformedJSON`, or `limitExceeded` over ``valuesMax`` or ``depthMax``.
    init(_ text: ByteBuffer) throws(CloudEventError) {
        let result = text.withUnsafeReadableBytes { bytes -> Result<JSONTree, CloudEventError> in
            Result { () throws(CloudEventError) in
                var reader = JSONTreeReader(bytes)
                return try reader.read()
            }
        }
        self = try result.get()
    }

    /// A string as it is meant, a number or boolean as it is written; nil for everything else.
    var text: String? {
        switch self {
        case .string(let text), .number(let text): text
        case .boolean(let value): value ? "true" : "false"
        case .null, .array, .object: nil
        }
    }

    /// Appends the value as JSON, until the buffer has more than so many bytes.
    /// - Returns: whether it fitted, and is nested no deeper than ``depthMax``.
    func write(into buffer: inout ByteBuffer, bytesMax: Int) -> Bool {
        self.write(into: &buffer, bytesMax: bytesMax, levels: Self.depthMax)
    }

    private func write(into buffer: inout ByteBuffer, bytesMax: Int, levels: Int) -> Bool {
        guard buffer.readableBytes <= bytesMax else { return false }
        switch self {
        case .null: buffer.writeStaticString("null")
        case .boolean(let value): buffer.writeString(value ? "true" : "false")
        case .number(let text): buffer.writeString(text)
        case .string(let text): JSONText.write(text, to: &buffer)
        case .array(let elements):
            guard levels > 0 else { return false }
            buffer.writeInteger(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { buffer.writeInteger(UInt8(ascii: ",")) }
                guard element.write(into: &buffer, bytesMax: bytesMax, levels: levels - 1) else { return false }
            }
            buffer.writeInteger(UInt8(ascii: "]"))
        case .object(let members):
            guard levels > 0 else { return false }
            buffer.writeInteger(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { buffer.writeInteger(UInt8(ascii: ",")) }
                JSONText.write(member.name, to: &buffer)
                buffer.writeInteger(UInt8(ascii: ":"))
                guard member.value.write(into: &buffer, bytesMax: bytesMax, levels: levels - 1) else { return false }
            }
            buffer.writeInteger(UInt8(ascii: "}"))
        }
        return buffer.readableBytes <= bytesMax
    }
}
