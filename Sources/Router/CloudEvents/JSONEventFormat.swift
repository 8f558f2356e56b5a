import NIOCore

/// The JSON event format and the JSON batch format (CloudEvents 1.0, `json-format.md`).
///
/// The reader checks the whole grammar of RFC 8259, UTF-8 included, and refuses members that come twice. It never
/// decodes `data`: JSON content stays the slice of the text that came in. Events of version 0.3 are turned into ones of
/// 1.0.
public enum JSONEventFormat {
    /// The media type of one event.
    public static let mediaType = "application/cloudevents+json"
    /// The media type of a batch.
    public static let batchMediaType = "application/cloudevents-batch+json"

    /// Reads one event from the readable bytes of `buffer`. JSON `data` is a slice that shares the buffer's storage.
    ///
    /// An event with `data` and without `datacontenttype` gets the implied `application/json` made explicit (section
    /// 3.1.2).
    /// - Throws: ``CloudEventError`` with the byte offset of the fault, counted from the first readable byte.
    public static func decode(
        _ buffer: ByteBuffer, limits: CloudEventLimits = CloudEventLimits()
    ) throws(CloudEventError) -> CloudEvent {
        try buffer.withUnsafeReadableBytes { bytes throws(CloudEventError) in
            let capacity = min(bytes.count + 32, 512)
            var reader = JSONEventReader(buffer, bytes: bytes, capacity: capacity, limits: limits)
            return try reader.readSingle()
        }
    }

    /// Reads a batch, which may be empty, in its order. All events have the same `specversion` (HTTP binding, section
    /// 3.3.2). They share the storage of `buffer` and of their attributes.
    /// - Throws: ``CloudEventError`` with the index of the first event at fault and the byte offset; no event is given
    ///   then.
    public static func decodeBatch(
        _ buffer: ByteBuffer, limits: CloudEventLimits = CloudEventLimits()
    ) throws(CloudEventError) -> [CloudEvent] {
        try buffer.withUnsafeReadableBytes { bytes throws(CloudEventError) in
            let capacity = min(bytes.count / 2 + 64, 1_048_576)
            var reader = JSONEventReader(buffer, bytes: bytes, capacity: capacity, limits: limits)
            return try reader.readBatch()
        }
    }

    /// Appends an event as one JSON object without white space.
    ///
    /// Data that its type calls JSON, or that has no type, stands as it is where it is valid JSON; text in UTF-8
    /// becomes a string; everything else, broken JSON included, becomes `data_base64`. The output is always valid JSON.
    /// Of data that are parked it says where: see ``CloudEvent/withDataReference``.
    public static func encode(_ event: CloudEvent, into buffer: inout ByteBuffer) {
        if event.parkedData != nil { return self.encode(event.withDataReference, into: &buffer) }
        buffer.reserveCapacity(
            minimumWritableBytes: event.attributes.bytes.readableBytes + (event.data?.readableBytes ?? 0) + 64)
        var separator: StaticString = "{"
        event.attributes.forEach { name, value, kind in
            buffer.writeStaticString(separator)
            separator = ","
            JSONText.writeString(name, into: &buffer)
            buffer.writeStaticString(":")
            if kind == .string || !AttributeInteger.isCanonical(value, kind) {
                JSONText.writeString(value, into: &buffer)
            } else {
                buffer.writeBytes(value)
            }
        }
        if let data = event.data {
            buffer.writeStaticString(separator)
            separator = ","
            self.encodeData(data, as: self.content(of: event), into: &buffer)
        }
        buffer.writeStaticString(event.attributes.count == 0 && event.data == nil ? "{}" : "}")
    }

    /// Appends the events as one JSON array, in their order.
    public static func encodeBatch(_ events: some Collection<CloudEvent>, into buffer: inout ByteBuffer) {
        var separator: StaticString = "["
        for event in events {
            buffer.writeStaticString(separator)
            separator = ","
            self.encode(event, into: &buffer)
        }
        buffer.writeStaticString(events.isEmpty ? "[]" : "]")
    }

    /// Levels up to which data is written as JSON; deeper data is kept from parsers that recurse, as base64. Readers
    /// take as many by default (``CloudEventLimits/jsonNestingMax``).
    private static let nestingMax = 512

    private static func content(of event: CloudEvent) -> MediaType.Content {
        let named = event.attributes.withValue(of: ContextAttribute.datacontenttype.nameBytes) { _, value in
            guard let mediaType = MediaType(value) else { return MediaType.Content.binary }
            return mediaType.content == .text && !mediaType.isUTF8 ? .binary : mediaType.content
        }
        return named ?? .json
    }

    private static func encodeData(_ data: ByteBuffer, as content: MediaType.Content, into buffer: inout ByteBuffer) {
        data.withUnsafeReadableBytes { bytes in
            if content == .json, JSONScanner.isValid(bytes, nestingMax: self.nestingMax) {
                buffer.writeStaticString("\"data\":")
                buffer.writeBytes(bytes)
            } else if content == .text, UTF8Sequence.isValid(bytes) {
                buffer.writeStaticString("\"data\":")
                JSONText.writeString(bytes, into: &buffer)
            } else {
                buffer.writeStaticString("\"data_base64\":\"")
                Base64.encode(bytes, into: &buffer)
                buffer.writeStaticString("\"")
            }
        }
    }
}
