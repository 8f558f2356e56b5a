import CloudEvents
import NIOCore
import Testing

/// A buffer that holds the text, preceded by a byte that is not readable, so that offsets which forget the reader index
/// show.
func buffer(_ text: String) -> ByteBuffer { buffer(Array(text.utf8)) }

/// The same for bytes.
func buffer(_ bytes: [UInt8]) -> ByteBuffer {
    var buffer = ByteBuffer(bytes: [0x7b] + bytes)
    buffer.moveReaderIndex(forwardBy: 1)
    return buffer
}

extension ByteBuffer {
    /// The readable bytes as text.
    var text: String { String(buffer: self) }
}

/// An event with the required attributes and the given members before its end.
func envelope(_ members: String) -> String {
    #"{"specversion":"1.0","id":"1","source":"/s","type":"t""# + (members.isEmpty ? "" : ",") + members + "}"
}

/// Decodes an envelope with the given members.
func decoded(_ members: String, limits: CloudEventLimits = CloudEventLimits()) throws -> CloudEvent {
    try JSONEventFormat.decode(buffer(envelope(members)), limits: limits)
}

/// The error that decoding the text gives; records an issue where it gives none.
func failure(
    of bytes: ByteBuffer, limits: CloudEventLimits = CloudEventLimits(),
    sourceLocation: SourceLocation = #_sourceLocation
) -> CloudEventError? {
    do throws(CloudEventError) {
        let event = try JSONEventFormat.decode(bytes, limits: limits)
        Issue.record("accepted as \(event)", sourceLocation: sourceLocation)
        return nil
    } catch {
        return error
    }
}

/// The error that an envelope with the given members gives.
func failure(
    ofMembers members: String, limits: CloudEventLimits = CloudEventLimits(),
    sourceLocation: SourceLocation = #_sourceLocation
) -> CloudEventError? {
    failure(of: buffer(envelope(members)), limits: limits, sourceLocation: sourceLocation)
}

/// One attribute with its type.
struct AttributeSample: Hashable, CustomStringConvertible {
    var value: String
    var kind: AttributeKind = .string

    var description: String { "\(self.kind) \(self.value.debugDescription)" }
}

extension CloudEvent {
    /// The attributes by name, for comparisons that do not look at their order.
    var attributesByName: [String: AttributeSample] {
        var attributes: [String: AttributeSample] = [:]
        self.attributes.forEach { name, value, kind in
            attributes[String(decoding: name, as: UTF8.self)] = AttributeSample(
                value: String(decoding: value, as: UTF8.self), kind: kind)
        }
        return attributes
    }

    /// The JSON text of the event.
    var json: String {
        var buffer = ByteBuffer()
        JSONEventFormat.encode(self, into: &buffer)
        return buffer.text
    }

    /// A valid event with one more attribute.
    static func sample(
        _ name: String? = nil, _ value: String = "", kind: AttributeKind = .string, data: ByteBuffer? = nil
    ) -> CloudEvent {
        var event = CloudEvent(id: "1", source: "/s", type: "t", data: data)
        if let name { event.attributes.set(name, to: value, kind: kind) }
        return event
    }
}
