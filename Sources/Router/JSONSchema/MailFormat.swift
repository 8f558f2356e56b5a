/// Addresses of mail: RFC 5321, section 4.1.2, and RFC 6531, section 3.3.
enum MailFormat {
    static func isAddress(_ text: String, isInternational: Bool) -> Bool {
        let scalars = Array(text.unicodeScalars)
        guard isInternational || scalars.allSatisfy(\.isASCII), let at = scalars.lastIndex(of: "@") else {
            return false
        }
        let local = scalars[..<at]
        let domain = String(String.UnicodeScalarView(scalars[(at + 1)...]))
        // Section 4.5.3.1.1; it counts octets.
        guard String(String.UnicodeScalarView(local)).utf8.count <= 64 else { return false }
        guard local.first == "\"" ? self.isQuoted(local) : self.isDotText(local) else { return false }
        if domain.hasPrefix("["), domain.hasSuffix("]") { return self.isLiteral(domain.dropFirst().dropLast()) }
        return isInternational ? HostFormat.isInternationalName(domain) : HostFormat.isName(domain)
    }

    private static func isDotText(_ local: ArraySlice<Unicode.Scalar>) -> Bool {
        local.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty && atom.allSatisfy(self.isAtomText)
        }
    }

    private static func isAtomText(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.isASCII else { return true }
        return ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
            || "!#$%&'*+-/=?^_`{|}~".unicodeScalars.contains(scalar)
    }

    private static func isQuoted(_ local: ArraySlice<Unicode.Scalar>) -> Bool {
        guard local.count >= 2, local.last == "\"" else { return false }
        var isEscape = false
        for scalar in local.dropFirst().dropLast() {
            if scalar.isASCII, !(0x20...0x7e).contains(scalar.value) { return false }
            if isEscape {
                isEscape = false
            } else if scalar == "\\" {
                isEscape = true
            } else if scalar == "\"" {
                return false
            }
        }
        return !isEscape
    }

    private static func isLiteral(_ text: Substring) -> Bool {
        if text.lowercased().hasPrefix("ipv6:") { return AddressFormat.isVersion6(text.utf8.dropFirst(5)) }
        return AddressFormat.isVersion4(text.utf8)
    }
}
