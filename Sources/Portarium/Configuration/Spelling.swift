/// Finds what someone meant to write.
enum Spelling {
    /// The candidate nearest to `word`, nil where none is near: at most a third of its letters differ, case aside.
    static func nearest(to word: String, in candidates: some Sequence<String>) -> String? {
        let folded = Array(word.lowercased())
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let distance = self.distance(folded, Array(candidate.lowercased()))
            guard distance <= max(1, max(folded.count, candidate.count) / 3) else { continue }
            if distance < (best?.distance ?? .max) { best = (candidate, distance) }
        }
        return best?.candidate
    }

    /// Whether two words differ by one or two letters.
    static func isSlip(_ word: String, of other: String) -> Bool {
        (1...2).contains(self.distance(Array(word.lowercased()), Array(other.lowercased())))
    }

    /// Insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment).
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for i in left.indices {
            var row = [i + 1] + [Int](repeating: 0, count: right.count)
            for j in right.indices {
                row[j + 1] = min(last[j] + (left[i] == right[j] ? 0 : 1), row[j] + 1, last[j + 1] + 1)
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    row[j + 1] = min(row[j + 1], beforeLast[j - 1] + 1)
                }
            }
            (beforeLast, last) = (last, row)
        }
        return last[right.count]
    }
}
