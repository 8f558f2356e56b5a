/// JSON Pointer (RFC 6901), as far as problem documents need it.
public enum JSONPointer {
    /// A member's name as a reference token (RFC 6901, section 3): `~` becomes `~0`, `/` becomes `~1`.
    public static func escaped(_ name: String) -> String {
        var token = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "~": token += "~0"
            case "/": token += "~1"
            default: token.unicodeScalars.append(scalar)
            }
        }
        return token
    }
}
