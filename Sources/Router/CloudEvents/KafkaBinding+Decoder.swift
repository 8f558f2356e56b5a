import NIOCore

extension KafkaBinding {
    /// Makes an event of a record: takes its headers one after the other, then its value.
    ///
    /// A content type of `application/cloudevents…` means structured mode, otherwise `ce_` headers mean binary mode; a
    /// record with neither is no event. Every record read goes through here, so the check is lighter than at an
    /// ingress: names, UTF-8 without control characters, duplicates, required attributes and limits, but not the
    /// grammar of URIs, timestamps and media types.
    public struct Decoder: Sendable {
        private var collector: AttributeCollector
        private let limits: CloudEventLimits
        private var failure: CloudEventError?
        /// Set where the content type names CloudEvents: the mode that it asks for, or why it cannot be read.
        private var structured: Result<HTTPContentMode, CloudEventError>?
        private var types: ByteBuffer?
        private var parked: ParkedHeaders?

        /// - Parameter headerBytes: names and values of all headers together, so that one allocation is enough.
        public init(headerBytes: Int, limits: CloudEventLimits = .widest) {
            self.collector = AttributeCollector(
                reservingCapacity: headerBytes + 64, limits: limits, checksGrammar: false)
            self.limits = limits
        }

        /// Takes one header. What is wrong with it is told by ``event(value:)``; headers without meaning for events are
        /// passed over.
        @inline(__always)
        public mutating func add(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
            do throws(CloudEventError) {
                if name.count >= 3, name[0] == UInt8(ascii: "c"), name[1] == UInt8(ascii: "e"),
                    name[2] == UInt8(ascii: "_")
                {
                    guard self.failure == nil else { return }
                    try self.addAttribute(UnsafeRawBufferPointer(rebasing: name[3...]), value)
                } else if name.count == 12, name.isCaselessEqual(to: KafkaBinding.contentTypeHeader) {
                    try self.addContentType(value)
                } else if name.isEqual(to: KafkaBinding.typesHeader) {
                    self.types = ByteBuffer(bytes: value)
                } else if name.count >= KafkaBinding.parkedHeader.utf8CodeUnitCount,
                    UnsafeRawBufferPointer(rebasing: name[..<KafkaBinding.parkedHeader.utf8CodeUnitCount]).isEqual(
                        to: KafkaBinding.parkedHeader)
                {
                    self.parked = self.parked ?? ParkedHeaders()
                    self.parked?.add(name: name, value: value)
                }
            } catch {
                self.failure = self.failure ?? error
            }
        }

        /// The event of the headers taken so far and the record's value.
        /// - Throws: ``CloudEventError``: what is wrong with the first header at fault or with the structured event;
        ///   `missingAttribute` where the record is no event; `unsupportedMediaType` for a format that is not JSON, and
        ///   for a batch, which the binding does not know.
        public mutating func event(value: ByteBuffer?) throws(CloudEventError) -> CloudEvent {
            guard let parked else { return try self.shownEvent(value: value) }
            return try parked.event(try self.shownEvent(value: value))
        }

        /// The event as others see it who do not know of parked data.
        private mutating func shownEvent(value: ByteBuffer?) throws(CloudEventError) -> CloudEvent {
            if let structured { return try self.structuredEvent(structured, value) }
            if let failure { throw failure }
            try self.collector.checkRequired()
            try self.collector.checkSize(dataBytes: value?.readableBytes ?? 0)
            if let types { self.collector.setKinds(types) }
            let attributes = AttributeList(packed: self.collector.packed, count: self.collector.count)
            switch self.collector.version {
            case .v03: return try SpecVersion.upgraded(attributes, data: value)
            case .v1, nil: return CloudEvent(attributes: attributes, data: value)
            }
        }

        private func structuredEvent(
            _ mode: Result<HTTPContentMode, CloudEventError>, _ value: ByteBuffer?
        ) throws(CloudEventError) -> CloudEvent {
            guard try mode.get() == .structured else {
                throw CloudEventError(.unsupportedMediaType, reason: "a record carries one event, not a batch")
            }
            return try JSONEventFormat.decode(value ?? ByteBuffer(), limits: self.limits)
        }

        private mutating func addAttribute(
            _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
        ) throws(CloudEventError) {
            guard !name.isEqual(to: ContextAttribute.datacontenttype.name) else {
                throw CloudEventError(
                    .invalidAttributeName, attribute: "datacontenttype",
                    reason: "is carried by the header content-type; a header ce_datacontenttype is not allowed")
            }
            try self.collector.add(name: name, value: value, kind: .string)
        }

        private mutating func addContentType(_ value: UnsafeRawBufferPointer) throws(CloudEventError) {
            if MediaType.startsLikeCloudEvents(value) {
                do throws(CloudEventError) {
                    self.structured = .success(try HTTPBinding.mode(value))
                } catch {
                    self.structured = .failure(error)
                }
            }
            try self.collector.add(name: ContextAttribute.datacontenttype.nameBytes, value: value, kind: .string)
        }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func isCaselessEqual(to text: StaticString) -> Bool {
        guard self.count == text.utf8CodeUnitCount else { return false }
        for index in 0..<self.count where self[index].lowercasedASCII != text.utf8Start[index] { return false }
        return true
    }
}
