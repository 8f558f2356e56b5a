import CloudEvents

/// The grammar of hosts (RFC 3986, section 3.2.2; RFC 1123, section 2.1).
enum SinkHost {
    /// What is wrong with a DNS name or IPv4 address, nil: nothing.
    static func fault(ofName host: Substring) -> String? {
        guard !host.isEmpty else { return "has no host; give an absolute URL such as https://example.com/in" }
        let name = host.hasSuffix(".") ? host.dropLast() : host
        guard name.utf8.count <= 253 else { return "has a host of more than 253 characters" }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        for label in labels {
            guard (1...63).contains(label.utf8.count) else {
                return "has the host '\(host)', in which a part between dots is empty or longer than 63 characters"
            }
            guard label.utf8.allSatisfy(self.isNameByte), label.first != "-", label.last != "-" else {
                return "has the host '\(host)'; use letters, digits, hyphens and dots"
            }
        }
        let isNumeric = labels.last.map(self.isNumber) ?? false
        guard !isNumeric || self.isIPv4(labels) else {
            return "has the host '\(host)'; write an IPv4 address as four decimal numbers, such as 192.0.2.1"
        }
        return nil
    }

    /// Without brackets, without a zone.
    static func isIPv6(_ host: Substring) -> Bool {
        guard host.utf8.count <= 45 else { return false }
        let halves = host.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return false }
        var groups = 0
        for (index, half) in halves.enumerated() where !half.isEmpty {
            let parts = half.split(separator: ":", omittingEmptySubsequences: false)
            for (position, part) in parts.enumerated() {
                let isLast = index == halves.count - 1 && position == parts.count - 1
                if isLast, part.contains(".") {
                    guard self.isIPv4(part.split(separator: ".", omittingEmptySubsequences: false)) else {
                        return false
                    }
                    groups += 2
                } else {
                    guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(ASCIISet.hexDigit.contains) else {
                        return false
                    }
                    groups += 1
                }
            }
        }
        return halves.count == 2 ? groups <= 7 : groups == 8
    }

    private static func isIPv4(_ labels: [Substring]) -> Bool {
        labels.count == 4
            && labels.allSatisfy { label in
                guard (1...3).contains(label.utf8.count), label.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                    label.utf8.count == 1 || label.first != "0", let value = Int(label)
                else { return false }
                return value <= 255
            }
    }

    /// What resolvers read as a part of an address: decimal, or hexadecimal with `0x`.
    private static func isNumber(_ label: Substring) -> Bool {
        let digits = label.lowercased()
        if digits.hasPrefix("0x") { return digits.dropFirst(2).utf8.allSatisfy(ASCIISet.hexDigit.contains) }
        return digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
