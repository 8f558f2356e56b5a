extension String {
    var trimmedStart: Substring { self.drop { $0 == " " } }

    /// What follows each occurrence of `word` that is not part of a longer word.
    func words(named word: String) -> [Substring] {
        self.occurrences(of: word).filter { range in
            !(self.character(before: range)?.isPartOfWord ?? false)
                && !(self.character(at: range.upperBound)?.isPartOfWord ?? false)
        }.map { self[$0.upperBound...] }
    }

    /// Whether `text` occurs where a word starts; a member of that name (`.print(`) is another thing.
    func hasWord(startingWith text: String) -> Bool {
        self.occurrences(of: text).contains { range in
            guard let before = self.character(before: range) else { return true }
            return !before.isPartOfWord && before != "."
        }
    }

    /// An exclamation mark behind an operand that is not `!=`.
    var hasForceUnwrap: Bool {
        self.occurrences(of: "!").contains { range in
            guard let before = self.character(before: range) else { return false }
            let isOperand = before.isPartOfWord || before == ")" || before == "]" || before == "}" || before == "\""
            return isOperand && self.character(at: range.upperBound) != "="
        }
    }

    private func occurrences(of text: String) -> [Range<String.Index>] {
        guard self.utf8.count >= text.utf8.count, self.contains(text) else { return [] }
        return self.indices.compactMap { index in
            guard self[index...].hasPrefix(text) else { return nil }
            return index..<self.index(index, offsetBy: text.count)
        }
    }

    private func character(before range: Range<String.Index>) -> Character? {
        range.lowerBound > self.startIndex ? self[self.index(before: range.lowerBound)] : nil
    }

    private func character(at index: String.Index) -> Character? {
        index < self.endIndex ? self[index] : nil
    }
}

extension Character {
    fileprivate var isPartOfWord: Bool { self.isLetter || self.isNumber || self == "_" }
}
