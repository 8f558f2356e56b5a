/// References to schemas: resolved as RFC 3986, section 5.2, says.
struct URIText: Hashable {
    var scheme: Substring?
    var authority: Substring?
    var path: Substring
    var query: Substring?
    var fragment: Substring?

    /// Splits as the expression of appendix B does.
    init(_ text: String) {
        var rest = text[...]
        if let hash = rest.firstIndex(of: "#") {
            self.fragment = rest[rest.index(after: hash)...]
            rest = rest[..<hash]
        }
        if let mark = rest.firstIndex(of: "?") {
            self.query = rest[rest.index(after: mark)...]
            rest = rest[..<mark]
        }
        if let colon = rest.firstIndex(of: ":"), !rest[..<colon].contains("/"), colon > rest.startIndex {
            self.scheme = rest[..<colon]
            rest = rest[rest.index(after: colon)...]
        }
        if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
            let end = rest.firstIndex(of: "/") ?? rest.endIndex
            self.authority = rest[..<end]
            rest = rest[end...]
        }
        self.path = rest
    }

    /// Where a reference leads from here.
    func resolving(_ reference: String) -> URIText {
        var target = URIText(reference)
        if target.scheme != nil {
            target.path = Self.withoutDots(target.path)
            return target
        }
        target.scheme = self.scheme
        if target.authority != nil {
            target.path = Self.withoutDots(target.path)
            return target
        }
        target.authority = self.authority
        if target.path.isEmpty {
            target.path = self.path
            if target.query == nil { target.query = self.query }
        } else if target.path.first == "/" {
            target.path = Self.withoutDots(target.path)
        } else {
            let folder: Substring =
                self.authority != nil && self.path.isEmpty
                ? "/"
                : self.path[
                    ..<(self.path.lastIndex(of: "/").map { self.path.index(after: $0) } ?? self.path.startIndex)]
            target.path = Self.withoutDots(folder + target.path)
        }
        return target
    }

    /// Section 5.2.4.
    private static func withoutDots(_ path: Substring) -> Substring {
        var segments: [Substring] = []
        let all = path.split(separator: "/", omittingEmptySubsequences: false)
        for (index, segment) in all.enumerated() {
            let isLast = index == all.count - 1
            switch segment {
            case ".": if isLast { segments.append("") }
            case "..":
                if segments.count > 1 || (segments.count == 1 && segments[0] != "") { segments.removeLast() }
                if isLast { segments.append("") }
            default: segments.append(segment)
            }
        }
        return segments.joined(separator: "/")[...]
    }

    /// All but the fragment: what names a document or a resource in it.
    var withoutFragment: String {
        var text = ""
        if let scheme { text += "\(scheme):" }
        if let authority { text += "//\(authority)" }
        text += self.path
        if let query { text += "?\(query)" }
        return text
    }

    /// The fragment, its percent-encoding undone.
    var decodedFragment: String {
        guard let fragment, fragment.utf8.contains(UInt8(ascii: "%")) else { return String(self.fragment ?? "") }
        var bytes: [UInt8] = []
        var rest = Substring(fragment).utf8
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
