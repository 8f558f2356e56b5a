import CloudEvents

/// References of RFC 3986, section 4.1, and of RFC 3987, section 2.2.
enum URIFormat {
    /// - Parameter isAbsolute: whether it must begin with a scheme.
    static func isReference(_ text: String, isInternational: Bool, isAbsolute: Bool) -> Bool {
        guard let text = isInternational ? self.mapped(text) : text else { return false }
        return Array(text.utf8).withUnsafeBytes { bytes in
            isAbsolute ? URIReference.isURI(bytes) : URIReference.isValid(bytes)
        }
    }

    /// As a URI (RFC 3987, section 3.1); nil where there is a character that no IRI has there.
    private static func mapped(_ text: String) -> String? {
        var result = ""
        var isQuery = false
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                // Private characters stand in queries only, which a fragment ends.
                if scalar == "?" { isQuery = true } else if scalar == "#" { isQuery = false }
                result.unicodeScalars.append(scalar)
            } else {
                guard self.isUCS(scalar.value) || isQuery && self.isPrivate(scalar.value) else { return nil }
                // What it is does not matter to the grammar: it stands where an encoded one may.
                result += "%20"
            }
        }
        return result
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
