import NIOCore

/// Gathers the attributes of one event after the other into one packed buffer, and refuses what may not stand there.
/// Every decoder and ``CloudEvent/validate(limits:)`` go through it, so that they agree.
struct AttributeCollector {
    /// The packed entries of all events gathered so far.
    private(set) var packed: ByteBuffer
    /// Attributes of the current event.
    private(set) var count = 0
    /// What `specversion` of the current event said.
    private(set) var version: SpecVersion?
    /// What `datacontenttype` of the current event names.
    private(set) var content: MediaType.Content?

    private let limits: CloudEventLimits
    /// Whether URI, timestamp and media type are checked against their grammar.
    private let checksGrammar: Bool
    /// Where the entries of the current event begin in ``packed``.
    private var start = 0
    private var seen: UInt8 = 0
    /// A filter over the names of extensions: a clear bit says that no name with that mark came yet.
    private var extensionMarks: UInt64 = 0
    /// Names that came with no value (JSON `null`): absent, but not to be given again.
    private var unset: [[UInt8]] = []

    init(reservingCapacity capacity: Int, limits: CloudEventLimits, checksGrammar: Bool) {
        self.packed = ByteBuffer()
        self.packed.reserveCapacity(capacity)
        self.limits = limits
        self.checksGrammar = checksGrammar
    }

    /// The bytes of the current event in ``packed``.
    var range: Range<Int> { self.start..<self.packed.writerIndex }

    /// Whether the current event has the attribute already.
    func has(_ attribute: ContextAttribute) -> Bool { self.seen & attribute.bit != 0 }

    /// Starts the next event; its entries follow those of the one before.
    mutating func beginEvent() {
        self.start = self.packed.writerIndex
        self.count = 0
        self.seen = 0
        self.extensionMarks = 0
        self.version = nil
        self.content = nil
        if !self.unset.isEmpty { self.unset.removeAll(keepingCapacity: true) }
    }

    /// Adds an attribute after checking its name, its value and that it is the first of its name.
    mutating func add(
        name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, kind: AttributeKind
    ) throws(CloudEventError) {
        let known = try self.claim(name)
        self.count += 1
        guard self.count <= self.limits.attributesMax else { throw self.tooMany }
        guard value.count <= self.limits.attributeValueBytesMax else {
            throw .limit(name, "is longer than \(self.limits.attributeValueBytesMax) bytes")
        }
        if let fault = AttributeText.firstFault(in: value) {
            throw .value(name, AttributeText.reason(forByte: value[fault]))
        }
        if let known {
            try self.checkContext(known, name: name, value: value, kind: kind)
        } else if value.isEmpty, self.checksGrammar, !DocumentedExtension.mayBeEmpty(name) {
            throw .value(name, "must not be empty")
        }
        self.packed.writeAttribute(name: name, value: value, kind: kind)
    }

    /// Notes an attribute that came without a value: it counts as absent, and may not come again. There may be as many
    /// of these as of attributes.
    mutating func addUnset(name: UnsafeRawBufferPointer) throws(CloudEventError) {
        let known = try self.claim(name)
        if let known { self.seen &= ~known.bit }
        guard self.unset.count < self.limits.attributesMax else { throw self.tooMany }
        self.unset.append(Array(name))
        self.extensionMarks |= Self.mark(of: name)
    }

    /// Adds an attribute that the decoder itself implies. The limit on the number of attributes does not apply.
    mutating func imply(_ attribute: ContextAttribute, value: StaticString) {
        let value = UnsafeRawBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount)
        self.packed.writeAttribute(name: attribute.nameBytes, value: value, kind: .string)
        self.count += 1
        self.seen |= attribute.bit
    }

    /// Sets the type of an extension of the current event, where it is there and its value is of that type.
    mutating func setKind(of name: UnsafeRawBufferPointer, to kind: AttributeKind) {
        guard ContextAttribute(name: name) == nil else { return }
        let place = self.packed.withUnsafeReadableBytes { bytes -> Int? in
            var cursor = self.start
            while cursor < bytes.count {
                let entry = AttributeEntry(in: bytes, at: cursor)
                if entry.isNamed(name, in: bytes) {
                    return AttributeInteger.isCanonical(entry.value(in: bytes), kind) ? cursor : nil
                }
                cursor = entry.next
            }
            return nil
        }
        if let place { self.packed.setInteger(kind.rawValue, at: place) }
    }

    /// Checks that the event has what every event must have.
    func checkRequired() throws(CloudEventError) {
        guard self.seen & ContextAttribute.requiredBits != ContextAttribute.requiredBits else { return }
        for attribute in ContextAttribute.required where !self.has(attribute) {
            let name = "\(attribute.name)"
            throw CloudEventError(
                .missingAttribute, attribute: name, reason: "every event must have the attribute \"\(name)\"")
        }
    }

    /// Checks that attributes and data together stay within the limit.
    func checkSize(dataBytes: Int) throws(CloudEventError) {
        let total = self.packed.writerIndex - self.start - 6 * self.count + dataBytes
        guard total <= self.limits.eventBytesMax else {
            var error = CloudEventError(
                .limitExceeded,
                reason: "the event has \(total) bytes of attributes and data; the limit is \(self.limits.eventBytesMax)"
            )
            error.isOverEventBytes = true
            throw error
        }
    }

    /// Checks the name, and takes it for the current event.
    private mutating func claim(_ name: UnsafeRawBufferPointer) throws(CloudEventError) -> ContextAttribute? {
        let known = ContextAttribute(name: name)
        if let known {
            guard self.seen & known.bit == 0, self.unset.isEmpty || !self.isUnset(name) else { throw .duplicate(name) }
            self.seen |= known.bit
        } else {
            try AttributeName.check(name, lengthMax: self.limits.attributeNameBytesMax)
            let mark = Self.mark(of: name)
            guard self.extensionMarks & mark == 0 || !self.contains(name) else { throw .duplicate(name) }
            self.extensionMarks |= mark
        }
        return known
    }

    private mutating func checkContext(
        _ attribute: ContextAttribute, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, kind: AttributeKind
    ) throws(CloudEventError) {
        guard kind == .string else { throw .value(name, "must be a string") }
        if let fault = attribute.fault(in: value, grammar: self.checksGrammar) { throw .value(name, fault) }
        switch attribute {
        case .specversion:
            guard let version = SpecVersion(value) else {
                throw CloudEventError(
                    .unsupportedSpecVersion, attribute: "specversion",
                    reason: "is \"\(CloudEventError.excerpt(value))\"; supported are \"1.0\" and \"0.3\"")
            }
            self.version = version
        case .datacontenttype:
            if self.checksGrammar { self.content = MediaType(value)?.content }
        default: break
        }
    }

    private func contains(_ name: UnsafeRawBufferPointer) -> Bool {
        let isPacked = self.packed.withUnsafeReadableBytes { bytes in
            var cursor = self.start
            while cursor < bytes.count {
                let entry = AttributeEntry(in: bytes, at: cursor)
                if entry.isNamed(name, in: bytes) { return true }
                cursor = entry.next
            }
            return false
        }
        return isPacked || self.isUnset(name)
    }

    private func isUnset(_ name: UnsafeRawBufferPointer) -> Bool {
        self.unset.contains { $0.elementsEqual(name) }
    }

    private var tooMany: CloudEventError {
        CloudEventError(.limitExceeded, reason: "the event has more than \(self.limits.attributesMax) attributes")
    }

    /// One of 64 bits, from the length and the outer letters of a name.
    private static func mark(of name: UnsafeRawBufferPointer) -> UInt64 {
        guard let first = name.first, let last = name.last else { return 1 }
        return 1 << UInt64((name.count &* 23 &+ Int(first) &* 5 &+ Int(last)) & 63)
    }
}
