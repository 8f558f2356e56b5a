import NIOCore

/// The versions of the specification that decoders take. An event of version 0.3 is turned into one of 1.0: `schemaurl`
/// becomes `dataschema`, and data under `datacontentencoding: base64` is decoded.
enum SpecVersion: Sendable {
    case v1
    case v03

    init?(_ value: UnsafeRawBufferPointer) {
        if value.isEqual(to: "1.0") {
            self = .v1
        } else if value.isEqual(to: "0.3") {
            self = .v03
        } else {
            return nil
        }
    }

    /// Whether the data of an event of version 0.3 is base64 text.
    /// - Throws: `invalidAttributeValue` for an encoding other than `base64` and the three that change nothing.
    static func declaresBase64(_ attributes: AttributeList) throws(CloudEventError) -> Bool {
        switch attributes["datacontentencoding"]?.lowercased() {
        case "base64": return true
        case nil, "7bit", "8bit", "binary": return false
        default:
            throw CloudEventError(
                .invalidAttributeValue, attribute: "datacontentencoding",
                reason: "must be base64, or absent (CloudEvents 0.3)")
        }
    }

    /// The attributes of an event of version 0.3 as those of 1.0.
    static func upgraded(_ attributes: AttributeList) throws(CloudEventError) -> AttributeList {
        var upgraded = AttributeList(reservingCapacity: attributes.bytes.readableBytes + 16)
        guard attributes["schemaurl"] == nil || attributes["dataschema"] == nil else {
            throw CloudEventError(
                .duplicateAttribute, attribute: "dataschema",
                reason: "is given beside \"schemaurl\", its name in CloudEvents 0.3")
        }
        if let schema = attributes["schemaurl"] {
            let byteBuffer = ByteBuffer(string: schema)
            guard byteBuffer.withUnsafeReadableBytes({ URIReference.isURI($0) }) else {
                throw CloudEventError(
                    .invalidAttributeValue, attribute: "schemaurl", reason: "must be a URI with a scheme (RFC 3986)")
            }
        }
        attributes.forEach { name, value, kind in
            if name.isEqual(to: "specversion") {
                upgraded.append(name: "specversion", value: "1.0")
            } else if name.isEqual(to: "schemaurl") {
                upgraded.append(name: ContextAttribute.dataschema.nameBytes, value: value, kind: kind)
            } else if !name.isEqual(to: "datacontentencoding") {
                upgraded.append(name: name, value: value, kind: kind)
            }
        }
        return upgraded
    }

    /// An event of version 0.3 whose data came as bytes (HTTP and Kafka binary mode) as one of 1.0.
    static func upgraded(_ attributes: AttributeList, data: ByteBuffer?) throws(CloudEventError) -> CloudEvent {
        let isBase64 = try self.declaresBase64(attributes)
        let upgraded = try self.upgraded(attributes)
        guard isBase64, let data else { return CloudEvent(attributes: upgraded, data: data) }
        let decoded = data.withUnsafeReadableBytes { Base64.decode($0) }
        guard let decoded else { throw .data("data", "must be base64 (RFC 4648), as datacontentencoding says") }
        return CloudEvent(attributes: upgraded, data: decoded)
    }
}
