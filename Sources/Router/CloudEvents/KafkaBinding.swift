import NIOCore

/// The Kafka protocol binding (CloudEvents 1.0, `kafka-protocol-binding.md`): a pure mapping between record headers,
/// value and events. Values are UTF-8 as they are: there is no percent-encoding.
///
/// Headers carry no types. So that an integer or a boolean stays one on its way through the log, one more header,
/// `portarium_types`, names the attributes that are no strings (`attempt=i,urgent=b`); it is written only where there
/// are any.
public enum KafkaBinding {
    /// What names of attributes are prefixed with.
    public static let attributePrefix: StaticString = "ce_"
    /// The header that carries `datacontenttype`.
    public static let contentTypeHeader: StaticString = "content-type"
    /// The header that tells the types of attributes that are no strings.
    public static let typesHeader: StaticString = "portarium_types"

    /// What the headers begin with that say where parked data lie (see ``ParkedData``): the object's key, and behind it
    /// `_bytes`, `_sha256`, and `_dataref` with the producer's own `dataref`, if it sent one. No attribute of an event
    /// can become such a header.
    public static let parkedHeader: StaticString = "portarium_parked"

    /// Gives an event in binary mode: calls `header` for every header in the order of the attributes (the name is
    /// `prefix` followed by `name`), and returns the value of the record, nil where the event has no data.
    ///
    /// The pointers are valid only inside the call. Data whose own type is `application/cloudevents…` would be taken
    /// for structured mode, so such an event is given in structured mode: the header `content-type`, and its JSON as
    /// the value. Its attributes are headers all the same (binding, 3.3.3), so that it is found by them.
    public static func encode(
        _ event: CloudEvent,
        header: (_ prefix: StaticString, _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void
    ) -> ByteBuffer? {
        if let parked = event.parkedData {
            self.encode(parked, of: event, header)
            return self.encode(event.withDataReference, header: header)
        }
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        guard !event.carriesCloudEvents else {
            event.attributes.forEach { name, value, _ in
                if !name.isEqual(to: ContextAttribute.datacontenttype.name) {
                    header(self.attributePrefix, name, value)
                }
            }
            var mediaType = JSONEventFormat.mediaType
            mediaType.withUTF8 { header(self.contentTypeHeader, none, UnsafeRawBufferPointer($0)) }
            var value = ByteBuffer()
            JSONEventFormat.encode(event, into: &value)
            return value
        }
        var types = ByteBuffer()
        event.attributes.forEach { name, value, kind in
            if name.isEqual(to: ContextAttribute.datacontenttype.name) {
                header(self.contentTypeHeader, none, value)
            } else {
                header(self.attributePrefix, name, value)
            }
            if kind != .string {
                if types.readableBytes > 0 { types.writeStaticString(",") }
                types.writeBytes(name)
                types.writeStaticString(kind == .integer ? "=i" : "=b")
            }
        }
        if types.readableBytes > 0 {
            types.withUnsafeReadableBytes { header(self.typesHeader, none, $0) }
        }
        return event.data
    }

    private static func encode(
        _ parked: ParkedData, of event: CloudEvent,
        _ header: (_ prefix: StaticString, _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void
    ) {
        func write(_ name: StaticString, _ value: String) {
            var value = value
            value.withUTF8 { value in
                header(
                    self.parkedHeader,
                    UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount),
                    UnsafeRawBufferPointer(value))
            }
        }
        write("", parked.key)
        write("_bytes", String(parked.length))
        write("_sha256", parked.sha256)
        if let own = event.attributes["dataref"] { write("_dataref", own) }
    }
}
