import CloudEvents

/// The formats that JSON Schema Validation 2020-12, section 7.3, names.
enum SchemaFormat: String, Sendable, CaseIterable {
    /// A format of a schema, and whether its dialect asserts it.
    struct Use: Sendable {
        var format: SchemaFormat
        var isAsserted: Bool
    }

    case dateTime = "date-time"
    case date
    case time
    case duration
    case email
    case idnEmail = "idn-email"
    case hostname
    case idnHostname = "idn-hostname"
    case ipv4
    case ipv6
    case uri
    case uriReference = "uri-reference"
    case iri
    case iriReference = "iri-reference"
    case uuid
    case uriTemplate = "uri-template"
    case jsonPointer = "json-pointer"
    case relativeJSONPointer = "relative-json-pointer"
    case regex

    func fits(_ text: String) -> Bool {
        switch self {
        case .dateTime: TimeFormat.isDateTime(text)
        case .date: TimeFormat.isDate(text)
        case .time: TimeFormat.isTime(text)
        case .duration: TimeFormat.isDuration(text)
        case .email: MailFormat.isAddress(text, isInternational: false)
        case .idnEmail: MailFormat.isAddress(text, isInternational: true)
        case .hostname: HostFormat.isName(text)
        case .idnHostname: HostFormat.isInternationalName(text)
        case .ipv4: AddressFormat.isVersion4(text.utf8)
        case .ipv6: AddressFormat.isVersion6(text.utf8)
        case .uri: URIFormat.isReference(text, isInternational: false, isAbsolute: true)
        case .uriReference: URIFormat.isReference(text, isInternational: false, isAbsolute: false)
        case .iri: URIFormat.isReference(text, isInternational: true, isAbsolute: true)
        case .iriReference: URIFormat.isReference(text, isInternational: true, isAbsolute: false)
        case .uuid: Self.isUUID(text)
        case .uriTemplate: URITemplateFormat.isTemplate(text)
        case .jsonPointer: Self.isPointer(text[...])
        case .relativeJSONPointer: Self.isRelativePointer(text)
        case .regex: SchemaPattern.isExpression(text)
        }
    }

    /// RFC 4122, section 3.
    private static func isUUID(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 36 else { return false }
        return bytes.indices.allSatisfy { index in
            [8, 13, 18, 23].contains(index)
                ? bytes[index] == UInt8(ascii: "-") : ASCIISet.hexDigit.contains(bytes[index])
        }
    }

    /// RFC 6901, section 3.
    private static func isPointer(_ text: Substring) -> Bool {
        guard text.isEmpty || text.utf8.first == UInt8(ascii: "/") else { return false }
        var isEscape = false
        for byte in text.utf8 {
            if isEscape, byte != UInt8(ascii: "0"), byte != UInt8(ascii: "1") { return false }
            isEscape = !isEscape && byte == UInt8(ascii: "~")
        }
        return !isEscape
    }

    private static func isRelativePointer(_ text: String) -> Bool {
        let digits = text.utf8.prefix { (0x30...0x39).contains($0) }
        guard let first = digits.first, digits.count == 1 || first != UInt8(ascii: "0") else { return false }
        let rest = text.utf8.dropFirst(digits.count)
        return rest.elementsEqual("#".utf8) || self.isPointer(Substring(rest))
    }
}
