import CloudEvents
import FoundationEssentials

/// A point in time on the command line: an RFC 3339 timestamp, or how long ago (`90s`, `15m`, `6h`, `2d`).
enum TimeArgument {
    /// The RFC 3339 text; nil where it is neither.
    static func timestamp(_ text: String, nowMilliseconds: Int64 = Self.now()) -> String? {
        if RFC3339.milliseconds(text) != nil { return text }
        let units: [Character: Int64] = ["s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), count >= 0,
            count <= nowMilliseconds / unit
        else { return nil }
        return RFC3339.text(milliseconds: nowMilliseconds - count * unit)
    }

    /// An RFC 3339 time to come, in milliseconds since the epoch; nil where it is none.
    static func future(_ text: String) -> Int64? {
        RFC3339.milliseconds(text).flatMap { $0 > self.now() ? $0 : nil }
    }

    /// Milliseconds since the epoch.
    static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }

    /// What is said where it is neither.
    static func complaint(_ option: String, _ text: String, also words: String = "") -> String {
        "\(option) must be \(words)a time like 2026-11-23T10:20:30Z or how long ago like 15m, not '\(text)'."
    }
}
