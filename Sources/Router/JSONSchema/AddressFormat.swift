import CloudEvents

/// Addresses of the Internet: RFC 2673, section 3.2, and RFC 4291, section 2.2.
enum AddressFormat {
    static func isVersion4(_ text: some Collection<UInt8>) -> Bool {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                guard (1...3).contains(part.count), part.allSatisfy({ (0x30...0x39).contains($0) }),
                    part.count == 1 || part.first != UInt8(ascii: "0")
                else { return false }
                return part.reduce(0) { $0 * 10 + Int($1 - 0x30) } < 256
            }
    }

    static func isVersion6(_ text: some Collection<UInt8>) -> Bool {
        let bytes = Array(text)
        let colon = UInt8(ascii: ":")
        let gap = bytes.indices.dropLast().first { bytes[$0] == colon && bytes[$0 + 1] == colon }
        guard let gap else { return self.groups(bytes[...]) == 8 }
        guard let front = self.groups(bytes[..<gap], mayEndInVersion4: false),
            let back = self.groups(bytes[(gap + 2)...])
        else { return false }
        return front + back < 8
    }

    /// How many groups of 16 bits there are; nil where something else is there.
    private static func groups(_ bytes: ArraySlice<UInt8>, mayEndInVersion4: Bool = true) -> Int? {
        guard !bytes.isEmpty else { return 0 }
        var parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var count = 0
        if mayEndInVersion4, let last = parts.last, last.contains(UInt8(ascii: ".")) {
            guard self.isVersion4(last) else { return nil }
            parts.removeLast()
            count = 2
        }
        guard parts.allSatisfy({ (1...4).contains($0.count) && $0.allSatisfy(ASCIISet.hexDigit.contains) }) else {
            return nil
        }
        return count + parts.count
    }
}
