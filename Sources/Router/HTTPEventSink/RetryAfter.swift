import CloudEvents

/// The `Retry-After` header (RFC 9110, section 10.2.3).
public enum RetryAfter {
    /// How long to wait in milliseconds, `0...max`; nil where the value is neither a number of seconds nor a date.
    /// - Parameters:
    ///   - nowMilliseconds: What a date is compared with, milliseconds since the epoch.
    ///   - max: What a longer wait, also one of more digits than a number holds, comes to.
    public static func milliseconds(_ value: String, nowMilliseconds: Int64, max: Int64) -> Int64? {
        let text = value.utf8.drop(while: self.isSpace)
        let end = text.lastIndex { !self.isSpace($0) }.map { text.index(after: $0) } ?? text.endIndex
        let trimmed = String(decoding: text[..<end], as: UTF8.self)
        guard !trimmed.isEmpty else { return nil }
        if trimmed.utf8.allSatisfy({ (48...57).contains($0) }) {
            // More digits than a number holds are a long time.
            let (milliseconds, overflow) = (Int64(trimmed) ?? .max).multipliedReportingOverflow(by: 1_000)
            return overflow ? max : min(milliseconds, max)
        }
        guard let date = self.date(trimmed) else { return nil }
        let (wait, overflow) = date.subtractingReportingOverflow(nowMilliseconds)
        return overflow ? nil : min(Swift.max(wait, 0), max)
    }

    /// Milliseconds since the epoch of an HTTP date in any of its three forms (section 5.6.7): `Sun, 06 Nov 1994
    /// 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`.
    static func date(_ text: String) -> Int64? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: true)
        switch parts.count {
        case 6 where parts[0].last == "," && parts[5] == "GMT":
            return self.milliseconds(day: parts[1], month: parts[2], year: parts[3], time: parts[4])
        case 4 where parts[0].last == "," && parts[3] == "GMT":
            let date = parts[1].split(separator: "-", omittingEmptySubsequences: false)
            guard date.count == 3, date[2].count == 2, let year = Int(date[2]) else { return nil }
            // Two digits: those that would lie far in the future mean the past. 70 is the epoch's year.
            return self.milliseconds(
                day: date[0], month: date[1], year: Substring(String(year < 70 ? 2_000 + year : 1_900 + year)),
                time: parts[2])
        case 5:
            return self.milliseconds(day: parts[2], month: parts[1], year: parts[4], time: parts[3])
        default: return nil
        }
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func milliseconds(day: Substring, month: Substring, year: Substring, time: Substring) -> Int64? {
        guard let month = self.months.firstIndex(of: String(month)), year.count == 4, time.count == 8,
            (1...2).contains(day.count)
        else { return nil }
        let padded = (month + 1 < 10 ? "0" : "") + String(month + 1)
        return RFC3339.milliseconds("\(year)-\(padded)-\(day.count == 1 ? "0" : "")\(day)T\(time)Z")
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
