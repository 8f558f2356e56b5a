/// The bytes of a Swift source with the inside of every comment and string literal blanked, line breaks kept: what
/// is left can be searched for words and braces without a parser.
struct CodeMask {
    private let source: [UInt8]
    private var code: [UInt8]
    private var cursor = 0

    /// The masked copy of `source`: same length, same lines.
    static func masked(_ source: [UInt8]) -> [UInt8] {
        var mask = CodeMask(source)
        mask.skipCode(untilClosingParenthesis: false)
        return mask.code
    }

    private init(_ source: [UInt8]) {
        self.source = source
        self.code = source
    }

    /// Walks over code; as the inside of an interpolation it ends behind the parenthesis that closes it.
    private mutating func skipCode(untilClosingParenthesis: Bool) {
        var depth = 0
        while let byte = self.peek() {
            switch byte {
            case UInt8(ascii: "/") where self.peek(1) == UInt8(ascii: "/"):
                self.blankLine()
            case UInt8(ascii: "/") where self.peek(1) == UInt8(ascii: "*"):
                self.blankBlockComment()
            case UInt8(ascii: "\""):
                self.blankString(hashes: 0)
            case UInt8(ascii: "#"):
                let hashes = self.countHashes()
                if self.peek(hashes) == UInt8(ascii: "\"") {
                    self.cursor += hashes
                    self.blankString(hashes: hashes)
                } else {
                    self.cursor += hashes
                }
            case UInt8(ascii: "("):
                depth += 1
                self.cursor += 1
            case UInt8(ascii: ")"):
                self.cursor += 1
                if untilClosingParenthesis, depth == 0 { return }
                depth -= 1
            default:
                self.cursor += 1
            }
        }
    }

    private func peek(_ distance: Int = 0) -> UInt8? {
        let index = self.cursor + distance
        return index < self.source.count ? self.source[index] : nil
    }

    private func countHashes() -> Int {
        var count = 0
        while self.peek(count) == UInt8(ascii: "#") { count += 1 }
        return count
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where self.cursor < self.code.count {
            if self.code[self.cursor] != UInt8(ascii: "\n") { self.code[self.cursor] = UInt8(ascii: " ") }
            self.cursor += 1
        }
    }

    private mutating func blankLine() {
        while let byte = self.peek(), byte != UInt8(ascii: "\n") { self.blank() }
    }

    /// Block comments nest.
    private mutating func blankBlockComment() {
        var depth = 0
        repeat {
            if self.peek() == UInt8(ascii: "/"), self.peek(1) == UInt8(ascii: "*") {
                depth += 1
                self.blank(2)
            } else if self.peek() == UInt8(ascii: "*"), self.peek(1) == UInt8(ascii: "/") {
                depth -= 1
                self.blank(2)
            } else {
                self.blank()
            }
        } while depth > 0 && self.cursor < self.source.count
    }

    /// The cursor stands on the opening quote. The quotes stay, so that a string is still seen to be there.
    private mutating func blankString(hashes: Int) {
        let isMultiline = self.peek(1) == UInt8(ascii: "\"") && self.peek(2) == UInt8(ascii: "\"")
        let quotes = isMultiline ? 3 : 1
        self.cursor += quotes
        while let byte = self.peek() {
            if byte == UInt8(ascii: "\""), self.closesString(quotes: quotes, hashes: hashes) {
                self.cursor += quotes + hashes
                return
            }
            if byte == UInt8(ascii: "\n"), !isMultiline { return }
            if byte == UInt8(ascii: "\\"), self.isFollowedByHashes(hashes) {
                self.blankEscape(hashes: hashes)
            } else {
                self.blank()
            }
        }
    }

    private func closesString(quotes: Int, hashes: Int) -> Bool {
        (0..<quotes).allSatisfy { self.peek($0) == UInt8(ascii: "\"") }
            && (0..<hashes).allSatisfy { self.peek(quotes + $0) == UInt8(ascii: "#") }
    }

    private func isFollowedByHashes(_ hashes: Int) -> Bool {
        (0..<hashes).allSatisfy { self.peek(1 + $0) == UInt8(ascii: "#") }
    }

    private mutating func blankEscape(hashes: Int) {
        self.blank(1 + hashes)
        guard self.peek() == UInt8(ascii: "(") else { return self.blank() }
        let start = self.cursor
        self.cursor += 1
        self.skipCode(untilClosingParenthesis: true)
        let end = self.cursor
        self.cursor = start
        self.blank(end - start)
    }
}
