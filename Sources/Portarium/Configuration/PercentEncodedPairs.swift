import CloudEvents

/// `name=value` with commas between, values percent-encoded: how OpenTelemetry writes headers and attributes (W3C
/// Baggage, without properties).
enum PercentEncodedPairs {
    /// The pairs in their order; nil where the text is not written so. No text means none.
    static func pairs(_ text: String) -> [(name: String, value: String)]? {
        var pairs: [(name: String, value: String)] = []
        for element in text.split(separator: ",", omittingEmptySubsequences: true) {
            guard let pair = self.pair(element) else { return nil }
            pairs.append(pair)
        }
        return pairs
    }

    /// One of them.
    static func pair(_ element: some StringProtocol) -> (name: String, value: String)? {
        guard let equals = element.firstIndex(of: "=") else { return nil }
        let name = self.trimmed(element[..<equals])
        guard !name.isEmpty, let value = PercentEncoding.decode(self.trimmed(element[element.index(after: equals)...]))
        else { return nil }
        return (name, value)
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let bytes = Array(text.utf8).drop { $0 == 0x20 || $0 == 0x09 }
        let end = bytes.lastIndex { $0 != 0x20 && $0 != 0x09 }.map { $0 + 1 } ?? bytes.endIndex
        return String(decoding: bytes[bytes.startIndex..<end], as: UTF8.self)
    }
}
