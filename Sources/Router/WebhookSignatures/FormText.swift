/// Forms in bodies (`application/x-www-form-urlencoded`, URL Standard, section 5.1), and what Twilio signs: a URL, and
/// what the form says.
package enum FormText {
    package typealias Pair = (name: [UInt8], value: [UInt8])

    /// Names and values in their order.
    /// - Parameter max: pairs that are looked at.
    package static func pairs(of body: some Collection<UInt8>, max: Int = .max) -> [Pair] {
        body.split(separator: UInt8(ascii: "&"), maxSplits: max).prefix(max).map { text in
            let parts = text.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return (self.decoded(parts[0]), parts.count > 1 ? self.decoded(parts[1]) : [])
        }
    }

    /// Name and value of each pair, by name, what is there twice once.
    static func sorted(_ body: some Collection<UInt8>) -> [UInt8] {
        var content: [UInt8] = []
        var last: Pair?
        for pair in self.pairs(of: body).sorted(by: self.isBefore) {
            if let last, last == pair { continue }
            content += pair.name
            content += pair.value
            last = pair
        }
        return content
    }

    private static func isBefore(_ first: Pair, _ second: Pair) -> Bool {
        if first.name != second.name { return first.name.lexicographicallyPrecedes(second.name) }
        return first.value.lexicographicallyPrecedes(second.value)
    }

    private static func decoded(_ text: some Collection<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var rest = text[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = HexText.byte(rest.prefix(2)) {
                result.append(value)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return result
    }

    /// The URL as it was given, without its port, and with the one that its scheme has anyway: what lies between may
    /// have added or removed that.
    static func variants(ofURL url: String) -> [String] {
        guard let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://") else { return [url] }
        let start = url.index(colon, offsetBy: 3)
        let rest = url[start...]
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        var host = rest[..<end]
        if let port = host.lastIndex(of: ":"), !host[port...].contains("]") { host = host[..<port] }
        let port = url.hasPrefix("https") ? "443" : "80"
        var variants = [url]
        for authority in ["\(host)", "\(host):\(port)"] {
            let variant = "\(url[..<start])\(authority)\(rest[end...])"
            if !variants.contains(variant) { variants.append(variant) }
        }
        return variants
    }

    /// The value of `bodySHA256` in the query.
    static func bodyHash(inURL url: String) -> [UInt8]? {
        guard let query = url.firstIndex(of: "?") else { return nil }
        for pair in url[url.index(after: query)...].prefix(while: { $0 != "#" }).split(separator: "&")
        where pair.hasPrefix("bodySHA256=") {
            return HexText.bytes(pair.dropFirst("bodySHA256=".count).utf8) ?? []
        }
        return nil
    }
}
