/// Names of hosts: RFC 1123, section 2.1, and RFC 5890, section 2.3.2.3.
enum HostFormat {
    /// Octets of a label, and of a name, at most (RFC 1034, section 3.1).
    private static let labelMax = 63
    private static let nameMax = 253

    static func isName(_ text: String) -> Bool {
        guard text.utf8.count <= self.nameMax else { return false }
        return text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy {
            self.isLabel(Array($0))
        }
    }

    static func isInternationalName(_ text: String) -> Bool {
        // RFC 3490, section 3.1: these are dots too.
        let dots: Set<Unicode.Scalar> = [".", "\u{3002}", "\u{ff0e}", "\u{ff61}"]
        var length = -1
        for label in text.unicodeScalars.split(omittingEmptySubsequences: false, whereSeparator: dots.contains) {
            let scalars = Array(label)
            if scalars.allSatisfy(\.isASCII) {
                guard self.isLabel(scalars.map { UInt8($0.value) }) else { return false }
                length += scalars.count + 1
            } else {
                guard let encoded = Punycode.encode(scalars), encoded.count + 4 <= self.labelMax,
                    self.isInternationalLabel(scalars)
                else { return false }
                length += encoded.count + 5
            }
        }
        return length <= self.nameMax
    }

    private static func isLabel(_ label: [UInt8]) -> Bool {
        guard (1...self.labelMax).contains(label.count), label.first != UInt8(ascii: "-"),
            label.last != UInt8(ascii: "-"),
            label.allSatisfy({
                (0x30...0x39).contains($0) || (0x61...0x7a).contains($0 | 0x20) || $0 == UInt8(ascii: "-")
            })
        else { return false }
        guard label.count >= 4, label[2] == UInt8(ascii: "-"), label[3] == UInt8(ascii: "-") else { return true }
        // RFC 5891, section 4.2.3.1: nothing but an encoded label.
        guard label[0] | 0x20 == UInt8(ascii: "x"), label[1] | 0x20 == UInt8(ascii: "n"),
            let scalars = Punycode.decode(label[4...])
        else { return false }
        return !scalars.allSatisfy(\.isASCII) && self.isInternationalLabel(scalars)
    }

    /// RFC 5891, section 4.2.
    private static func isInternationalLabel(_ label: [Unicode.Scalar]) -> Bool {
        guard let first = label.first, first != "-", label.last != "-", !self.isMark(first) else { return false }
        if label.count >= 4, label[2] == "-", label[3] == "-" { return false }
        return label.indices.allSatisfy { self.isAllowed(label, at: $0) }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }

    /// RFC 5892: the classes of section 2, and the rules of appendix A.
    private static func isAllowed(_ label: [Unicode.Scalar], at index: Int) -> Bool {
        let scalar = label[index]
        let before = index > 0 ? label[index - 1] : nil
        let after = index + 1 < label.count ? label[index + 1] : nil
        switch scalar.value {
        case 0x200c, 0x200d: return before?.properties.canonicalCombiningClass == .virama
        case 0xb7: return before == "l" && after == "l"
        case 0x375:
            return after.map { (0x370...0x3ff).contains($0.value) || (0x1f00...0x1fff).contains($0.value) } ?? false
        case 0x5f3, 0x5f4: return before.map { (0x590...0x5ff).contains($0.value) } ?? false
        case 0x30fb: return label.contains(where: self.isJapanese)
        case 0x660...0x669: return !label.contains { (0x6f0...0x6f9).contains($0.value) }
        case 0x6f0...0x6f9: return !label.contains { (0x660...0x669).contains($0.value) }
        case 0xdf, 0x3c2, 0x6fd, 0x6fe, 0xf0b, 0x3007: return true
        case 0x640, 0x7fa, 0x302e, 0x302f, 0x3031...0x3035, 0x303b: return false
        default: break
        }
        if scalar == "-" { return true }
        switch scalar.properties.generalCategory {
        case .lowercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark, .decimalNumber: return true
        default: return false
        }
    }

    private static func isJapanese(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3041...0x3096, 0x309d...0x309f, 0x30a1...0x30fa, 0x30fd...0x30ff, 0x31f0...0x31ff, 0xff66...0xff9d: true
        default: scalar.properties.isIdeographic
        }
    }
}
