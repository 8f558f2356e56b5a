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

    /// The one way to write an IPv6 address (RFC 5952), so that limits of a host count it once; nil: it is none.
    /// - Parameter host: without brackets, without a zone.
    static func canonicalIPv6(_ host: Substring) -> String? {
        guard let groups = self.groups(ofIPv6: host) else { return nil }
        let isMapped = groups[..<5].allSatisfy { $0 == 0 } && groups[5] == 0xffff
        if isMapped { return "::ffff:\(groups[6] >> 8).\(groups[6] & 255).\(groups[7] >> 8).\(groups[7] & 255)" }
        // The longest run of zeros, the first of those that are as long, and no single one.
        var (longest, run) = (0..<0, 0..<0)
        for (index, group) in groups.enumerated() {
            run = group == 0 ? (run.isEmpty ? index : run.lowerBound)..<(index + 1) : 0..<0
            if run.count > max(longest.count, 1) { longest = run }
        }
        func text(_ range: Range<Int>) -> String {
            range.map { String(groups[$0], radix: 16) }.joined(separator: ":")
        }
        if longest.isEmpty { return text(0..<8) }
        return text(0..<longest.lowerBound) + "::" + text(longest.upperBound..<8)
    }

    private static func groups(ofIPv6 host: Substring) -> [UInt16]? {
        guard host.utf8.count <= 45 else { return nil }
        let halves = host.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return nil }
        var groups: [[UInt16]] = []
        for (index, half) in halves.enumerated() {
            guard let part = self.groups(of: half, isLast: index == halves.count - 1) else { return nil }
            groups.append(part)
        }
        let missing = 8 - groups.reduce(0) { $0 + $1.count }
        guard halves.count == 2 ? missing >= 1 : missing == 0 else { return nil }
        return groups[0] + [UInt16](repeating: 0, count: missing) + groups.dropFirst().joined()
    }

    /// Of what stands on one side of `::`; the last two may be written as an IPv4 address.
    private static func groups(of half: Substring, isLast: Bool) -> [UInt16]? {
        guard !half.isEmpty else { return [] }
        var groups: [UInt16] = []
        let parts = half.split(separator: ":", omittingEmptySubsequences: false)
        for (position, part) in parts.enumerated() {
            if isLast, position == parts.count - 1, part.contains(".") {
                let labels = part.split(separator: ".", omittingEmptySubsequences: false)
                guard self.isIPv4(labels) else { return nil }
                let bytes = labels.compactMap { UInt16($0) }
                groups += [bytes[0] << 8 | bytes[1], bytes[2] << 8 | bytes[3]]
            } else {
                guard part.utf8.allSatisfy(ASCIISet.hexDigit.contains), (1...4).contains(part.utf8.count),
                    let group = UInt16(part, radix: 16)
                else { return nil }
                groups.append(group)
            }
        }
        return groups
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
