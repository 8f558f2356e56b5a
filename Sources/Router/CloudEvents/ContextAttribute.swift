/// The attributes that the specification names (CloudEvents 1.0, "Required attributes" and "Optional attributes").
enum ContextAttribute: UInt8, CaseIterable {
    case id
    case source
    case type
    case specversion
    case subject
    case time
    case dataschema
    case datacontenttype

    /// The attribute of that name; nil for an extension.
    @inline(__always)
    init?(name: UnsafeRawBufferPointer) {
        let candidate: ContextAttribute
        switch name.count {
        case 2: candidate = .id
        case 4: candidate = name[1] == UInt8(ascii: "y") ? .type : .time
        case 6: candidate = .source
        case 7: candidate = .subject
        case 10: candidate = .dataschema
        case 11: candidate = .specversion
        case 15: candidate = .datacontenttype
        default: return nil
        }
        guard name.isEqual(to: candidate.name) else { return nil }
        self = candidate
    }

    /// Its bit in a set of attributes seen.
    @inline(__always) var bit: UInt8 { 1 << self.rawValue }

    /// `id`, `source`, `type` and `specversion`.
    static let required: [ContextAttribute] = [.specversion, .id, .source, .type]

    /// The bits of ``required``.
    static var requiredBits: UInt8 { 0b1111 }

    /// The name on the wire.
    @inline(__always) var name: StaticString {
        switch self {
        case .id: "id"
        case .source: "source"
        case .type: "type"
        case .specversion: "specversion"
        case .subject: "subject"
        case .time: "time"
        case .dataschema: "dataschema"
        case .datacontenttype: "datacontenttype"
        }
    }

    /// The same bytes as a buffer.
    var nameBytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: self.name.utf8Start, count: self.name.utf8CodeUnitCount)
    }

    /// What is wrong with the value of this attribute; nil where nothing is. `grammar` false leaves out what is costly
    /// to check (URI, timestamp, media type).
    func fault(in value: UnsafeRawBufferPointer, grammar: Bool) -> String? {
        guard !value.isEmpty else { return "must not be empty" }
        guard grammar else { return nil }
        switch self {
        case .id, .type, .subject, .specversion: return nil
        case .source: return URIReference.isValid(value) ? nil : "must be a URI-reference (RFC 3986)"
        case .dataschema: return URIReference.isURI(value) ? nil : "must be a URI with a scheme (RFC 3986)"
        case .time: return RFC3339.milliseconds(value) != nil ? nil : "must be an RFC 3339 timestamp"
        case .datacontenttype: return MediaType(value) != nil ? nil : "must be a media type (RFC 2046)"
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes are those of a literal.
    @inline(__always)
    func isEqual(to text: StaticString) -> Bool {
        guard self.count == text.utf8CodeUnitCount else { return false }
        for index in 0..<self.count where self[index] != text.utf8Start[index] { return false }
        return true
    }
}
