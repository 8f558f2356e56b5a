import Identity

/// Tokens that were verified a short while ago, by their SHA-256.
struct VerifiedTokens: Sendable {
    private struct Entry {
        let verdict: TokenVerdict
        let end: Int64
    }

    let countMax: Int
    private var entries: [KeyDigest: Entry] = [:]

    init(countMax: Int) { self.countMax = countMax }

    var count: Int { self.entries.count }

    /// - Parameter now: in milliseconds since 1970.
    func verdict(on digest: KeyDigest, at now: Int64) -> TokenVerdict? {
        guard let entry = self.entries[digest], now < entry.end else { return nil }
        return entry.verdict
    }

    /// Where there is no room, what has ended is forgotten, else everything: it is only verified once more.
    mutating func remember(_ verdict: TokenVerdict, on digest: KeyDigest, until end: Int64, at now: Int64) {
        if self.entries.count >= self.countMax {
            self.entries = self.entries.filter { now < $0.value.end }
            if self.entries.count >= self.countMax { self.entries = [:] }
        }
        self.entries[digest] = Entry(verdict: verdict, end: end)
    }

    mutating func forgetAll() { self.entries = [:] }
}
