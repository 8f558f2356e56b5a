import CloudEvents

/// References of RFC 3986, section 4.1, and of RFC 3987, section 2.2.
enum URIFormat {
    static func isReference(_ text: String, isInternational: Bool) -> Bool {
        guard isInternational || text.utf8.allSatisfy({ $0 < 0x80 }) else { return false }
        let parts = URIText(text)
        if let scheme = parts.scheme, !self.isScheme(scheme) { return false }
        if let authority = parts.authority, !self.isAuthority(authority) { return false }
        // Private characters stand in queries only.
        return self.consists(parts.path, of: "/:@") && !self.hasPrivate(parts.path)
            && self.consists(parts.query ?? "", of: "/:@?")
            && self.consists(parts.fragment ?? "", of: "/:@?") && !self.hasPrivate(parts.fragment ?? "")
    }

    private static func isScheme(_ scheme: Substring) -> Bool {
        guard let first = scheme.unicodeScalars.first, self.isLetter(first) else { return false }
        return scheme.unicodeScalars.allSatisfy {
            self.isLetter($0) || ("0"..."9").contains($0) || "+-.".unicodeScalars.contains($0)
        }
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    private static func isAuthority(_ authority: Substring) -> Bool {
        var host = authority
        if let at = authority.lastIndex(of: "@") {
            guard self.consists(authority[..<at], of: ":") else { return false }
            host = authority[authority.index(after: at)...]
        }
        var port: Substring = ""
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return false }
            guard self.isLiteral(host[host.index(after: host.startIndex)..<end]) else { return false }
            let rest = host[host.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return false }
            port = rest.dropFirst()
        } else {
            if let colon = host.lastIndex(of: ":") {
                port = host[host.index(after: colon)...]
                host = host[..<colon]
            }
            guard self.consists(host, of: ""), !self.hasPrivate(host) else { return false }
        }
        return port.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func isLiteral(_ text: Substring) -> Bool {
        guard text.lowercased().hasPrefix("v") else { return AddressFormat.isVersion6(text.utf8) }
        let parts = text.dropFirst().split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && parts[0].utf8.allSatisfy(ASCIISet.hexDigit.contains)
            && !parts[1].isEmpty && !parts[1].contains("%") && self.consists(parts[1], of: ":")
    }

    /// Whether there are only unreserved characters, sub-delimiters, whole percent-encodings and those of `others`.
    private static func consists(_ text: Substring, of others: String) -> Bool {
        var hexDigits = 0
        for scalar in text.unicodeScalars {
            if hexDigits > 0 {
                guard scalar.isASCII, ASCIISet.hexDigit.contains(UInt8(scalar.value)) else { return false }
                hexDigits -= 1
            } else if scalar == "%" {
                hexDigits = 2
            } else if scalar.isASCII {
                guard
                    ASCIISet.unreserved.contains(UInt8(scalar.value))
                        || "!$&'()*+,;=".unicodeScalars.contains(scalar) || others.unicodeScalars.contains(scalar)
                else { return false }
            } else {
                guard self.isUCS(scalar.value) || self.isPrivate(scalar.value) else { return false }
            }
        }
        return hexDigits == 0
    }

    private static func hasPrivate(_ text: Substring) -> Bool {
        text.unicodeScalars.contains { self.isPrivate($0.value) }
    }

    /// `ucschar` of RFC 3987.
    private static func isUCS(_ value: UInt32) -> Bool {
        switch value {
        case 0xa0...0xd7ff, 0xf900...0xfdcf, 0xfdf0...0xffef: true
        case 0x1_0000...0xe_ffff: value & 0xffff <= 0xfffd && !(0xe_0000...0xe_0fff).contains(value)
        default: false
        }
    }

    /// `iprivate` of RFC 3987.
    private static func isPrivate(_ value: UInt32) -> Bool {
        (0xe000...0xf8ff).contains(value) || (0xf_0000...0xf_fffd).contains(value)
            || (0x10_0000...0x10_fffd).contains(value)
    }
}
