import CloudEvents

/// Times as providers write them.
enum WebhookTime {
    /// RFC 3339 of RFC 3339, of seconds or milliseconds since 1970, and of what comes near (`2026-01-31 12:00:00 UTC`,
    /// zones without a colon). nil for everything else.
    static func rfc3339(_ text: String) -> String? {
        if RFC3339.milliseconds(text) != nil { return text }
        if let number = self.number(text) {
            // Seconds until the year 5138, milliseconds since 1973.
            let milliseconds = number < 100_000_000_000 ? number * 1_000 : number
            return RFC3339.text(milliseconds: milliseconds)
        }
        var repaired = text
        let second = repaired.index(repaired.startIndex, offsetBy: 10, limitedBy: repaired.endIndex)
        if let second, second < repaired.endIndex, repaired[second] == " " {
            repaired.replaceSubrange(second...second, with: "T")
        }
        if repaired.hasSuffix(" UTC") { repaired = repaired.dropLast(4) + "Z" }
        if let space = repaired.lastIndex(of: " ") { repaired.remove(at: space) }
        let zone = repaired.suffix(5)
        if let sign = zone.first, sign == "+" || sign == "-", zone.dropFirst().allSatisfy(\.isNumber) {
            repaired.insert(":", at: repaired.index(repaired.endIndex, offsetBy: -2))
        }
        return RFC3339.milliseconds(repaired) != nil ? repaired : nil
    }

    /// A whole number, or one with a fraction, which is left out; up to the year 9999.
    private static func number(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            parts[0].utf8.count <= 15, let number = Int64(parts[0]), number < 253_402_300_800_000
        else { return nil }
        return number
    }
}
