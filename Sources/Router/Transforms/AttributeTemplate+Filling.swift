extension AttributeTemplate {
    /// The one place that the template is, where it has no filters; nil for any other.
    var onlyMember: String? {
        guard self.pieces.count == 1, let piece = self.pieces.first, piece.filters.isEmpty,
            case .member(let pointer) = piece.source
        else { return nil }
        return pointer
    }

    /// The text with all places filled; nil where something is not there, or a condition does not hold.
    /// - Parameters:
    ///   - bytesMax: of the text.
    ///   - needsEach: whether a place that comes to nothing counts as one that is not there.
    ///   - value: what is in the place of a source; pays for what it goes through.
    /// - Throws: ``TemplateWork/Overrun``.
    package func filled(
        bytesMax: Int, work: inout TemplateWork, needsEach: Bool = false,
        _ value: (Source, inout TemplateWork) throws(TemplateWork.Overrun) -> String?
    ) throws(TemplateWork.Overrun) -> String? {
        var text = ""
        for piece in self.pieces {
            var part: String
            switch piece.source {
            case .text(let plain): part = plain
            case .condition(let pointer, let wanted):
                guard try value(.member(pointer), &work) == wanted else { return nil }
                continue
            default:
                guard let found = try value(piece.source, &work) else { return nil }
                part = found
            }
            for filter in piece.filters {
                try work.pay(part.utf8.count)
                part = filter.applied(to: part)
            }
            if needsEach, part.isEmpty { return nil }
            guard part.utf8.count <= bytesMax - text.utf8.count else { throw .bytes }
            try work.pay(part.utf8.count)
            text += part
        }
        return text
    }
}

extension AttributeTemplate.Filter {
    /// Never fails, and takes time in proportion to the text: bytes are looked at, not characters.
    package func applied(to text: String) -> String {
        switch self {
        case .lower: return text.lowercased()
        case .slug: return Self.slug(text)
        case .dots: return String(decoding: text.utf8.map { $0 == Self.slash ? UInt8(ascii: ".") : $0 }, as: UTF8.self)
        case .origin:
            guard let start = TextSearch("://").range(in: text)?.upperBound else { return text }
            return String(text[..<(text.utf8[start...].firstIndex { "/?#".utf8.contains($0) } ?? text.endIndex)])
        case .parent: return text.utf8.lastIndex(of: Self.slash).map { String(text[..<$0]) } ?? text
        case .before(let mark): return TextSearch(mark).range(in: text).map { String(text[..<$0.lowerBound]) } ?? text
        case .after(let mark): return TextSearch(mark).range(in: text).map { String(text[$0.upperBound...]) } ?? text
        }
    }

    private static let slash = UInt8(ascii: "/")

    private static func slug(_ text: String) -> String {
        let gap = UInt8(ascii: "_")
        var result: [UInt8] = []
        for byte in text.lowercased().utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): result.append(byte)
            default: if let last = result.last, last != gap { result.append(gap) }
            }
        }
        if result.last == gap { result.removeLast() }
        return String(decoding: result, as: UTF8.self)
    }
}
