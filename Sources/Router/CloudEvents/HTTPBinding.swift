import NIOCore

/// The HTTP protocol binding (CloudEvents 1.0, `http-protocol-binding.md`): a pure mapping between headers, body and
/// events.
public enum HTTPBinding {
    /// The mode that a `Content-Type` announces (section 3), compared without regard to case.
    ///
    /// Anything that does not start with `application/cloudevents`, nil included, is binary mode, whether there are
    /// `ce-` headers or not.
    /// - Throws: `unsupportedMediaType` for an event format other than JSON, and for a charset other than UTF-8.
    public static func mode(ofContentType contentType: String?) throws(CloudEventError) -> HTTPContentMode {
        guard var contentType else { return .binary }
        return try contentType.withBytes { bytes throws(CloudEventError) in try self.mode(bytes) }
    }

    static func mode(_ untrimmed: UnsafeRawBufferPointer) throws(CloudEventError) -> HTTPContentMode {
        let contentType = HTTPHeaderValue.trimmed(untrimmed)
        guard let mediaType = MediaType(contentType) else {
            guard !MediaType.startsLikeCloudEvents(contentType) else {
                throw CloudEventError(.unsupportedMediaType, reason: "the content type is malformed")
            }
            return .binary
        }
        guard let suffix = mediaType.cloudEventsSuffix else { return .binary }
        let mode: HTTPContentMode
        switch suffix {
        case "+json": mode = .structured
        case "-batch+json": mode = .batched
        default:
            throw CloudEventError(
                .unsupportedMediaType,
                reason: "the event format \(CloudEventError.excerpt(contentType)) is not supported; "
                    + "supported are \(JSONEventFormat.mediaType) and \(JSONEventFormat.batchMediaType)")
        }
        guard mediaType.isUTF8 else {
            throw CloudEventError(.unsupportedMediaType, reason: "the charset of an event in JSON must be UTF-8")
        }
        return mode
    }

    /// Reads an event in binary mode. Headers without the prefix `ce-` are passed over; names are compared without
    /// regard to case; every attribute is a string, for headers carry no types.
    ///
    /// - Parameters:
    ///   - contentType: becomes `datacontenttype`.
    ///   - body: becomes the data; an empty one without a content type is no data.
    /// - Throws: ``CloudEventError`` that names the attribute: `duplicateAttribute` for a header that comes twice,
    ///   `invalidAttributeName`, `invalidAttributeValue` (an empty header too, unless it is an extension's),
    ///   `missingAttribute`, `limitExceeded`.
    public static func decodeBinary(
        headers: some Sequence<(name: String, value: String)>,
        contentType: String?,
        body: ByteBuffer?,
        limits: CloudEventLimits = CloudEventLimits()
    ) throws(CloudEventError) -> CloudEvent {
        var collector = AttributeCollector(reservingCapacity: 512, limits: limits, checksGrammar: true)
        for (name, value) in headers {
            var (name, value) = (name, value)
            try name.withBytes { nameBytes throws(CloudEventError) in
                guard self.isAttributeHeader(nameBytes) else { return }
                try value.withBytes { valueBytes throws(CloudEventError) in
                    try self.add(nameBytes, valueBytes, to: &collector)
                }
            }
        }
        if var contentType {
            try contentType.withBytes { bytes throws(CloudEventError) in
                let value = HTTPHeaderValue.trimmed(bytes)
                try collector.add(name: ContextAttribute.datacontenttype.nameBytes, value: value, kind: .string)
            }
        }
        try collector.checkRequired()
        let isAbsent = contentType == nil && body?.readableBytes == 0
        let data = isAbsent ? nil : body
        try collector.checkSize(dataBytes: data?.readableBytes ?? 0)
        let attributes = AttributeList(packed: collector.packed, count: collector.count)
        switch collector.version {
        case .v03: return try SpecVersion.upgraded(attributes, data: data)
        case .v1, nil: return CloudEvent(attributes: attributes, data: data)
        }
    }

    /// Gives an event in binary mode: calls `header` for every header in the order of the attributes, and returns the
    /// body.
    ///
    /// Names are lower-case (`ce-id`, `content-type`), values percent-encoded as section 3.1.3.2 asks. Data whose own
    /// type is `application/cloudevents…` would be taken for structured mode, so such an event is given in structured
    /// mode: one header `content-type`, and its JSON as the body.
    public static func encodeBinary(
        _ event: CloudEvent, header: (_ name: String, _ value: String) -> Void
    ) -> ByteBuffer? {
        if event.parkedData != nil { return self.encodeBinary(event.withDataReference, header: header) }
        guard !event.carriesCloudEvents else {
            header("content-type", JSONEventFormat.mediaType + "; charset=utf-8")
            var body = ByteBuffer()
            JSONEventFormat.encode(event, into: &body)
            return body
        }
        event.attributes.forEach { name, value, _ in
            if let known = ContextAttribute(name: name) {
                let value =
                    known == .datacontenttype ? String(decoding: value, as: UTF8.self) : HTTPHeaderValue.encoded(value)
                header(self.headerName(of: known), value)
            } else {
                header("ce-" + String(decoding: name, as: UTF8.self), HTTPHeaderValue.encoded(value))
            }
        }
        return event.data
    }

    /// Whether a header's name starts with `ce-`.
    private static func isAttributeHeader(_ name: UnsafeRawBufferPointer) -> Bool {
        name.count >= 3 && name[0] | 0x20 == UInt8(ascii: "c") && name[1] | 0x20 == UInt8(ascii: "e")
            && name[2] == UInt8(ascii: "-")
    }

    private static func add(
        _ header: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, to collector: inout AttributeCollector
    ) throws(CloudEventError) {
        let name = UnsafeRawBufferPointer(rebasing: header[3...])
        guard name.allSatisfy({ $0 == $0.lowercasedASCII }) else {
            let lowercased = ByteBuffer(bytes: name.map(\.lowercasedASCII))
            return try lowercased.withUnsafeReadableBytes { bytes throws(CloudEventError) in
                try self.addLowercased(bytes, value, to: &collector)
            }
        }
        try self.addLowercased(name, value, to: &collector)
    }

    private static func addLowercased(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, to collector: inout AttributeCollector
    ) throws(CloudEventError) {
        guard !name.isEqual(to: "datacontenttype") else {
            throw CloudEventError(
                .invalidAttributeName, attribute: "datacontenttype",
                reason: "is carried by the header Content-Type; a header ce-datacontenttype is not allowed")
        }
        let value = HTTPHeaderValue.trimmed(value)
        guard HTTPHeaderValue.isEncoded(value) else {
            return try collector.add(name: name, value: value, kind: .string)
        }
        let decoded: ByteBuffer
        switch HTTPHeaderValue.decoded(value) {
        case .success(let bytes): decoded = bytes
        case .failure(let fault): throw .value(name, fault.reason)
        }
        try decoded.withUnsafeReadableBytes { bytes throws(CloudEventError) in
            try collector.add(name: name, value: bytes, kind: .string)
        }
    }

    private static func headerName(of attribute: ContextAttribute) -> String {
        switch attribute {
        case .id: "ce-id"
        case .source: "ce-source"
        case .type: "ce-type"
        case .specversion: "ce-specversion"
        case .subject: "ce-subject"
        case .time: "ce-time"
        case .dataschema: "ce-dataschema"
        case .datacontenttype: "content-type"
        }
    }
}
