/// JSON Pointers (RFC 6901) from their parts.
enum JSONPointer {
    static func text(of parts: some Sequence<String>) -> String {
        parts.map { part in
            var escaped = "/"
            for character in part {
                switch character {
                case "~": escaped += "~0"
                case "/": escaped += "~1"
                default: escaped.append(character)
                }
            }
            return escaped
        }.joined()
    }

    /// The parts of a pointer.
    static func parts(of pointer: String) -> [String] {
        pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(Self.unescaped)
    }

    private static func unescaped(_ part: Substring) -> String {
        var result = ""
        var isEscape = false
        for character in part {
            switch (isEscape, character) {
            case (false, "~"): isEscape = true
            case (true, _):
                result.append(character == "1" ? "/" : "~")
                isEscape = false
            default: result.append(character)
            }
        }
        return result
    }
}
