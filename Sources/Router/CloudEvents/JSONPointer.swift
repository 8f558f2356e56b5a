/// JSON Pointers (RFC 6901) from their reference tokens, and back.
public enum JSONPointer {
    /// The pointer that leads through these members and indexes, from the outside in; empty for the whole document.
    /// In a token `~` becomes `~0` and `/` becomes `~1` (RFC 6901, section 3).
    public static func text(of tokens: some Sequence<String>) -> String {
        var pointer = ""
        for token in tokens {
            pointer += "/"
            for scalar in token.unicodeScalars {
                switch scalar {
                case "~": pointer += "~0"
                case "/": pointer += "~1"
                default: pointer.unicodeScalars.append(scalar)
                }
            }
        }
        return pointer
    }

    /// The tokens of a pointer, as they were before ``text(of:)`` escaped them; none for the whole document.
    public static func tokens(of pointer: String) -> [String] {
        pointer.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(self.unescaped)
    }

    private static func unescaped(_ token: Substring.UnicodeScalarView) -> String {
        var result = ""
        var isEscape = false
        for scalar in token {
            switch (isEscape, scalar) {
            case (false, "~"): isEscape = true
            case (true, _):
                result.unicodeScalars.append(scalar == "1" ? "/" : "~")
                isEscape = false
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
