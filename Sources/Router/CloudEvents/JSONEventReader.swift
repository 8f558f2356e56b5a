import NIOCore

/// Takes structured events apart in one pass over the text. The attributes of all events go into one buffer; `data`
/// stays where it is, as a slice of the text.
struct JSONEventReader {
    /// One event, its attributes still a range of the common buffer.
    struct Draft {
        var attributes: Range<Int>
        var count: Int
        var data: ByteBuffer?
        var version: SpecVersion
        /// The attributes as those of 1.0, where the event is of version 0.3.
        var upgraded: AttributeList?
    }

    /// Where `data` or `data_base64` stands.
    private struct Payload {
        var range: Range<Int>
        /// Set where the value is a string; its range is without the quotes.
        var string: JSONScanner.StringToken?
        var isNull = false
    }

    private let text: ByteBuffer
    private let limits: CloudEventLimits
    private var scanner: JSONScanner
    private var collector: AttributeCollector
    private var data: Payload?
    private var base64: Payload?

    /// - Parameters:
    ///   - text: the buffer of which `bytes` are the readable ones; data become slices of it.
    ///   - capacity: how many bytes of attributes to expect.
    init(_ text: ByteBuffer, bytes: UnsafeRawBufferPointer, capacity: Int, limits: CloudEventLimits) {
        self.text = text
        self.limits = limits
        self.scanner = JSONScanner(bytes)
        self.collector = AttributeCollector(reservingCapacity: capacity, limits: limits, checksGrammar: true)
    }

    /// Reads a text that is one event.
    mutating func readSingle() throws(CloudEventError) -> CloudEvent {
        let draft = try self.readEvent()
        try self.scanner.expectEnd()
        return Self.event(of: draft, packed: self.collector.packed)
    }

    /// Reads a text that is an array of events of one version (HTTP binding, section 3.3.2). Errors carry the index of
    /// the event.
    mutating func readBatch() throws(CloudEventError) -> [CloudEvent] {
        let drafts = try self.readDrafts()
        let packed = self.collector.packed
        return drafts.map { Self.event(of: $0, packed: packed) }
    }

    private mutating func readDrafts() throws(CloudEventError) -> [Draft] {
        var drafts: [Draft] = []
        self.scanner.skipWhitespace()
        try self.scanner.expect(UInt8(ascii: "["), "'[', the start of a batch")
        self.scanner.skipWhitespace()
        if self.scanner.take(UInt8(ascii: "]")) {
            try self.scanner.expectEnd()
            return []
        }
        repeat {
            guard drafts.count < self.limits.batchEventsMax else {
                throw CloudEventError(
                    .limitExceeded, reason: "the batch has more than \(self.limits.batchEventsMax) events",
                    byteOffset: self.scanner.position, index: drafts.count)
            }
            do throws(CloudEventError) {
                drafts.append(try self.readEvent(like: drafts.first))
            } catch {
                throw error.at(index: drafts.count)
            }
            self.scanner.skipWhitespace()
        } while self.scanner.take(UInt8(ascii: ","))
        try self.scanner.expect(UInt8(ascii: "]"), "',' or ']'")
        try self.scanner.expectEnd()
        return drafts
    }

    private static func event(of draft: Draft, packed: ByteBuffer) -> CloudEvent {
        if let upgraded = draft.upgraded { return CloudEvent(attributes: upgraded, data: draft.data) }
        let isWhole = draft.attributes == 0..<packed.writerIndex
        let bytes =
            isWhole
            ? packed : packed.getSlice(at: draft.attributes.lowerBound, length: draft.attributes.count) ?? packed
        return CloudEvent(attributes: AttributeList(packed: bytes, count: draft.count), data: draft.data)
    }

    /// - Parameter first: the first event of the same batch, where there is one.
    private mutating func readEvent(like first: Draft? = nil) throws(CloudEventError) -> Draft {
        self.collector.beginEvent()
        self.data = nil
        self.base64 = nil
        self.scanner.skipWhitespace()
        let start = self.scanner.position
        try self.scanner.expect(UInt8(ascii: "{"), "'{', the start of an event")
        self.scanner.skipWhitespace()
        if !self.scanner.take(UInt8(ascii: "}")) {
            repeat {
                self.scanner.skipWhitespace()
                try self.readMember()
                self.scanner.skipWhitespace()
            } while self.scanner.take(UInt8(ascii: ","))
            try self.scanner.expect(UInt8(ascii: "}"), "',' or '}'")
        }
        do throws(CloudEventError) {
            return try self.finishEvent(like: first)
        } catch {
            throw error.at(byteOffset: start)
        }
    }

    private mutating func readMember() throws(CloudEventError) {
        let start = self.scanner.position
        let name = try self.scanner.scanString()
        self.scanner.skipWhitespace()
        try self.scanner.expect(UInt8(ascii: ":"), "':'")
        self.scanner.skipWhitespace()
        do throws(CloudEventError) {
            if name.hasEscapes {
                let unescaped = try self.scanner.unescape(name)
                try unescaped.withUnsafeReadableBytes { bytes throws(CloudEventError) in try self.readValue(of: bytes) }
            } else {
                try self.readValue(of: self.scanner.slice(name.range))
            }
        } catch {
            throw error.at(byteOffset: start)
        }
    }

    private mutating func readValue(of name: UnsafeRawBufferPointer) throws(CloudEventError) {
        if name.count == 4, name.isEqual(to: "data") {
            guard self.data == nil else { throw .duplicate(name) }
            self.data = try self.readPayload()
        } else if name.count == 11, name.isEqual(to: "data_base64") {
            guard self.base64 == nil else { throw .duplicate(name) }
            self.base64 = try self.readPayload()
        } else {
            try self.readAttribute(name)
        }
    }

    private mutating func readPayload() throws(CloudEventError) -> Payload {
        let start = self.scanner.position
        if self.scanner.next == UInt8(ascii: "\"") {
            let token = try self.scanner.scanString()
            return Payload(range: start..<self.scanner.position, string: token)
        }
        let isNull = self.scanner.next == UInt8(ascii: "n")
        try self.scanner.skipValue(nestingMax: self.limits.jsonNestingMax)
        return Payload(range: start..<self.scanner.position, isNull: isNull)
    }

    private mutating func readAttribute(_ name: UnsafeRawBufferPointer) throws(CloudEventError) {
        let start = self.scanner.position
        switch self.scanner.next {
        case UInt8(ascii: "\""):
            let token = try self.scanner.scanString()
            guard token.hasEscapes else {
                return try self.collector.add(name: name, value: self.scanner.slice(token.range), kind: .string)
            }
            let value = try self.scanner.unescape(token)
            try value.withUnsafeReadableBytes { bytes throws(CloudEventError) in
                try self.collector.add(name: name, value: bytes, kind: .string)
            }
        case UInt8(ascii: "t"), UInt8(ascii: "f"):
            try self.scanner.scanLiteral(self.scanner.next == UInt8(ascii: "t") ? "true" : "false")
            let value = self.scanner.slice(start..<self.scanner.position)
            try self.collector.add(name: name, value: value, kind: .boolean)
        case UInt8(ascii: "n"):
            try self.scanner.scanLiteral("null")
            try self.collector.addUnset(name: name)
        case .some(UInt8(ascii: "-")), .some(0x30...0x39):
            let isInteger = try self.scanner.scanNumber()
            guard isInteger, let value = AttributeInteger.canonical(self.scanner.slice(start..<self.scanner.position))
            else { throw .value(name, "must be an integer from -2147483648 to 2147483647, not another number") }
            try self.collector.add(name: name, value: value, kind: .integer)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            throw .value(name, "must be a string, an integer or a boolean, not an object or an array")
        default: throw self.scanner.unexpected("a value")
        }
    }

    private mutating func finishEvent(like first: Draft?) throws(CloudEventError) -> Draft {
        try self.collector.checkRequired()
        let version = self.collector.version ?? .v1
        guard version == first?.version ?? version else {
            throw CloudEventError(
                .invalidAttributeValue, attribute: "specversion",
                reason: "differs from that of the first event; all events of a batch have the same")
        }
        let data = try self.resolveData(version)
        try self.collector.checkSize(dataBytes: data?.readableBytes ?? 0)
        let upgraded = version == .v03 ? try SpecVersion.upgraded(self.currentAttributes) : nil
        return Draft(
            attributes: self.collector.range, count: self.collector.count, data: data, version: version,
            upgraded: upgraded)
    }

    /// The bytes of the data (JSON format, section 3.1.2).
    private mutating func resolveData(_ version: SpecVersion) throws(CloudEventError) -> ByteBuffer? {
        if let base64, !base64.isNull {
            guard version == .v1 else { throw .data("data_base64", "is not known to CloudEvents 0.3") }
            guard self.data == nil else { throw .data("data_base64", "must not stand beside \"data\"") }
            return try self.decodedBase64(base64, member: "data_base64")
        }
        guard let data else { return nil }
        if version == .v03, try SpecVersion.declaresBase64(self.currentAttributes) {
            return data.isNull ? nil : try self.decodedBase64(data, member: "data")
        }
        guard self.collector.has(.datacontenttype) else {
            self.collector.imply(.datacontenttype, value: "application/json")
            return self.slice(data.range)
        }
        guard self.collector.content != .json else { return self.slice(data.range) }
        guard let token = data.string else {
            guard data.isNull else {
                throw .data("data", "must be a string, for datacontenttype does not name JSON")
            }
            return nil
        }
        let text = token.hasEscapes ? try self.scanner.unescape(token) : self.slice(token.range)
        try self.checkCharset(of: text)
        return text
    }

    private func decodedBase64(_ payload: Payload, member: String) throws(CloudEventError) -> ByteBuffer {
        guard let token = payload.string else { throw .data(member, "must be a string") }
        let decoded: ByteBuffer?
        if token.hasEscapes {
            decoded = try self.scanner.unescape(token).withUnsafeReadableBytes { Base64.decode($0) }
        } else {
            decoded = Base64.decode(self.scanner.slice(token.range))
        }
        guard let decoded else { throw .data(member, "must be base64 (RFC 4648) with padding and without line breaks") }
        return decoded
    }

    /// A JSON string holds Unicode; under another charset than UTF-8 its bytes would be others than ours.
    private func checkCharset(of text: ByteBuffer) throws(CloudEventError) {
        let isSame = self.currentAttributes.withValue(of: ContextAttribute.datacontenttype.nameBytes) { _, value in
            guard let mediaType = MediaType(value), !mediaType.isUTF8 else { return true }
            let isASCII = text.withUnsafeReadableBytes { $0.allSatisfy { $0 < 0x80 } }
            return isASCII && mediaType.isASCIICompatible
        }
        guard isSame ?? true else {
            throw .data("data", "is text, but datacontenttype names another charset than UTF-8: send data_base64")
        }
    }

    private var currentAttributes: AttributeList {
        let range = self.collector.range
        let bytes = self.collector.packed.getSlice(at: range.lowerBound, length: range.count)
        return AttributeList(packed: bytes ?? ByteBuffer(), count: self.collector.count)
    }

    private func slice(_ range: Range<Int>) -> ByteBuffer {
        self.text.getSlice(at: self.text.readerIndex + range.lowerBound, length: range.count) ?? ByteBuffer()
    }
}
