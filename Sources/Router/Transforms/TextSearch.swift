/// Looks for a text in others, byte by byte, and never at a byte twice (Knuth, Morris and Pratt): what is searched may
/// be megabytes, and both may come from people who wish the router ill.
struct TextSearch {
    private let mark: [UInt8]
    /// For each part that the mark begins with, how much of the mark's beginning this part ends with.
    private let kept: [Int]

    init(_ mark: String) {
        let mark = Array(mark.utf8)
        var kept = [Int](repeating: 0, count: mark.count)
        for index in mark.indices.dropFirst() {
            var length = kept[index - 1]
            while length > 0, mark[length] != mark[index] { length = kept[length - 1] }
            kept[index] = mark[length] == mark[index] ? length + 1 : 0
        }
        self.mark = mark
        self.kept = kept
    }

    /// Where the mark is first; nil where it is not, or is empty.
    func range(in text: String) -> Range<String.Index>? {
        var text = text
        guard !self.mark.isEmpty, let end = text.withUTF8({ self.end(in: $0) }) else { return nil }
        let upper = text.utf8.index(text.startIndex, offsetBy: end)
        return text.utf8.index(upper, offsetBy: -self.mark.count)..<upper
    }

    private func end(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var length = 0
        for (index, byte) in bytes.enumerated() {
            while length > 0, self.mark[length] != byte { length = self.kept[length - 1] }
            if self.mark[length] == byte { length += 1 }
            if length == self.mark.count { return index + 1 }
        }
        return nil
    }
}
