/// A text with places that are filled from a request or an event: `com.acme.{/kind|lower}`.
///
/// `{/a/b}` is a value of the body, or of the data, by its JSON Pointer. Of a request, `{header:NAME}` is a header,
/// `{form:NAME}` a field of a form, `{kind}` what the provider calls the kind of the webhook, `{hash}` the SHA-256 of
/// the body, `{endpoint}` the endpoint's id. Of an event, `{attribute:NAME}` is an attribute. `{?/a=text}` is nothing,
/// but the template counts only where the value is that text. Filters follow behind `|`, see ``Filter``. `{{` and `}}`
/// are braces.
public struct AttributeTemplate: Sendable, Hashable {
    /// Bytes of one template.
    public static let bytesMax = 1_024
    /// Templates of one attribute at most: the first one counts of which everything is there.
    public static let alternativesMax = 8
    /// Filters of one place at most.
    public static let filtersMax = 8

    /// What a template is filled from.
    public enum Subject: Sendable, Hashable {
        case request
        case event
    }

    /// Why a text is no template.
    public struct Fault: Error, Sendable, Hashable {
        /// One sentence.
        public var detail: String
    }

    /// What is done to a value; each leaves what it cannot use as it is.
    public enum Filter: Sendable, Hashable {
        /// Small letters.
        case lower
        /// Small letters and digits, everything else as one `_`.
        case slug
        /// `/` becomes `.`.
        case dots
        /// Of a URL its scheme and authority.
        case origin
        /// Of a URL everything before its last segment.
        case parent
        /// What stands before a text.
        case before(String)
        /// What stands behind a text.
        case after(String)
    }

    package enum Source: Sendable, Hashable {
        case text(String)
        case member(String)
        case header(String)
        case form(String)
        case attribute(String)
        case endpoint
        case kind
        case hash
        case condition(pointer: String, value: String)
    }

    package struct Piece: Sendable, Hashable {
        package var source: Source
        package var filters: [Filter] = []
    }

    /// As it was written.
    public let text: String
    package let pieces: [Piece]

    /// - Throws: ``Fault`` with the mend.
    public init(_ text: String, of subject: Subject = .request) throws(Fault) {
        guard !text.isEmpty else { throw Fault(detail: "must not be empty") }
        guard text.utf8.count <= Self.bytesMax else {
            throw Fault(detail: "must have at most \(Self.bytesMax) bytes")
        }
        self.text = text
        self.pieces = try Self.pieces(of: text, subject)
    }

    private static func pieces(of text: String, _ subject: Subject) throws(Fault) -> [Piece] {
        var pieces: [Piece] = []
        var plain = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            if character == "{" || character == "}", rest.first == character {
                plain.append(character)
                rest.removeFirst()
            } else if character == "{" {
                guard let end = rest.firstIndex(of: "}") else {
                    throw Fault(detail: "has a '{' without '}'; write '{{' for a brace")
                }
                if !plain.isEmpty { pieces.append(Piece(source: .text(plain))) }
                plain = ""
                pieces.append(try self.piece(rest[..<end], subject))
                rest = rest[rest.index(after: end)...]
            } else if character == "}" {
                throw Fault(detail: "has a '}' without '{'; write '}}' for a brace")
            } else {
                plain.append(character)
            }
        }
        if !plain.isEmpty { pieces.append(Piece(source: .text(plain))) }
        return pieces
    }

    private static func piece(_ text: Substring, _ subject: Subject) throws(Fault) -> Piece {
        let parts = text.split(separator: "|", omittingEmptySubsequences: false)
        guard parts.count - 1 <= Self.filtersMax else {
            throw Fault(detail: "has a place with \(parts.count - 1) filters; at most \(Self.filtersMax) are allowed")
        }
        var filters: [Filter] = []
        for part in parts.dropFirst() { filters.append(try self.filter(part)) }
        return Piece(source: try self.source(parts[0], subject), filters: filters)
    }

    private static func source(_ text: Substring, _ subject: Subject) throws(Fault) -> Source {
        func argument(_ prefix: String) -> String? {
            text.hasPrefix(prefix) && text.count > prefix.count ? String(text.dropFirst(prefix.count)) : nil
        }
        if text.hasPrefix("/") { return .member(String(text)) }
        if let condition = argument("?/"), let sign = condition.firstIndex(of: "=") {
            return .condition(
                pointer: "/" + condition[..<sign], value: String(condition[condition.index(after: sign)...]))
        }
        switch subject {
        case .request:
            if let name = argument("header:") { return .header(name.lowercased()) }
            if let name = argument("form:") { return .form(name) }
            if text == "endpoint" { return .endpoint }
            if text == "kind" { return .kind }
            if text == "hash" { return .hash }
            throw Fault(
                detail:
                    "has '{\(text.prefix(40))}', which must be {/json/pointer}, {header:NAME}, {form:NAME}, {kind}, "
                    + "{hash}, {endpoint} or {?/json/pointer=text}")
        case .event:
            if let name = argument("attribute:") { return .attribute(name) }
            throw Fault(
                detail:
                    "has '{\(text.prefix(40))}', which must be {/json/pointer}, {attribute:NAME} or "
                    + "{?/json/pointer=text}")
        }
    }

    private static func filter(_ text: Substring) throws(Fault) -> Filter {
        switch text {
        case "lower": return .lower
        case "slug": return .slug
        case "dots": return .dots
        case "origin": return .origin
        case "parent": return .parent
        default: break
        }
        if text.hasPrefix("before:"), text.count > 7 { return .before(String(text.dropFirst(7))) }
        if text.hasPrefix("after:"), text.count > 6 { return .after(String(text.dropFirst(6))) }
        throw Fault(
            detail:
                "has the filter '\(text.prefix(40))', which must be lower, slug, dots, origin, parent, before:TEXT or "
                + "after:TEXT")
    }
}
