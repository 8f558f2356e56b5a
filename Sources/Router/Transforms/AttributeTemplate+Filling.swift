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
    ///   - bytesMax: the text ends soon behind so many bytes.
    ///   - value: what is in the place of a source.
    func filled(bytesMax: Int, _ value: (Source) -> String?) -> String? {
        var text = ""
        for piece in self.pieces where text.utf8.count <= bytesMax {
            switch piece.source {
            case .text(let plain): text += plain
            case .condition(let pointer, let wanted):
                guard value(.member(pointer)) == wanted else { return nil }
            default:
                guard let found = value(piece.source) else { return nil }
                text += piece.filters.reduce(found) { $1.applied(to: $0) }
            }
        }
        return text
    }
}

extension AttributeTemplate.Filter {
    /// Never fails.
    package func applied(to text: String) -> String {
        switch self {
        case .lower: return text.lowercased()
        case .slug: return Self.slug(text)
        case .dots: return String(text.map { $0 == "/" ? "." : $0 })
        case .origin:
            guard let start = Self.range(of: "://", in: text)?.upperBound else { return text }
            return String(text[..<(text[start...].firstIndex { "/?#".contains($0) } ?? text.endIndex)])
        case .parent: return text.lastIndex(of: "/").map { String(text[..<$0]) } ?? text
        case .before(let mark): return Self.range(of: mark, in: text).map { String(text[..<$0.lowerBound]) } ?? text
        case .after(let mark): return Self.range(of: mark, in: text).map { String(text[$0.upperBound...]) } ?? text
        }
    }

    private static func slug(_ text: String) -> String {
        var result = ""
        for character in text.lowercased() {
            if character.isASCII, character.isLetter || character.isNumber {
                result.append(character)
            } else if !result.isEmpty, result.last != "_" {
                result.append("_")
            }
        }
        if result.last == "_" { result.removeLast() }
        return result
    }

    private static func range(of mark: String, in text: String) -> Range<String.Index>? {
        var start = text.startIndex
        while start < text.endIndex {
            if text[start...].hasPrefix(mark) { return start..<text.index(start, offsetBy: mark.count) }
            start = text.index(after: start)
        }
        return nil
    }
}
