import CloudEvents

/// Templates of RFC 6570, section 2.
enum URITemplateFormat {
    static func isTemplate(_ text: String) -> Bool {
        var rest = Array(text.unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "{":
                guard let end = rest.firstIndex(of: "}"), self.isExpression(rest[..<end]) else { return false }
                rest = rest[(end + 1)...]
            case "%":
                guard self.isEncoded(rest) else { return false }
                rest = rest.dropFirst(2)
            case "}", "\"", "'", "<", ">", "\\", "^", "`", "|", " ": return false
            default: if scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) { return false }
            }
        }
        return true
    }

    private static func isEncoded(_ rest: ArraySlice<Unicode.Scalar>) -> Bool {
        rest.count >= 2 && rest.prefix(2).allSatisfy { $0.isASCII && ASCIISet.hexDigit.contains(UInt8($0.value)) }
    }

    private static func isExpression(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
        var text = text
        if let first = text.first, "+#./;?&=,!@|".unicodeScalars.contains(first) { text = text.dropFirst() }
        return text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy(self.isVariable)
    }

    private static func isVariable(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
        var name = text
        if name.last == "*" {
            name = name.dropLast()
        } else if let colon = name.lastIndex(of: ":") {
            let length = name[(colon + 1)...]
            guard (1...4).contains(length.count), length.first != "0", length.allSatisfy({ ("0"..."9").contains($0) })
            else { return false }
            name = name[..<colon]
        }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return !name.isEmpty
            && parts.allSatisfy { part in
                guard !part.isEmpty else { return false }
                var rest = part
                while let scalar = rest.popFirst() {
                    if scalar == "%" {
                        guard self.isEncoded(rest) else { return false }
                        rest = rest.dropFirst(2)
                    } else if !(scalar == "_" || ("0"..."9").contains(scalar) || ("a"..."z").contains(scalar)
                        || ("A"..."Z").contains(scalar))
                    {
                        return false
                    }
                }
                return true
            }
    }
}
