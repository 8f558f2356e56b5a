/// Cuts the text of an expression into tokens (CESQL 1.0, section 2). Keywords are case-insensitive.
struct CESQLLexer {
    private let bytes: [UInt8]
    private var cursor = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    static func tokens(of bytes: [UInt8]) throws(CESQLSyntaxFault) -> [CESQLToken] {
        var lexer = CESQLLexer(bytes)
        var tokens: [CESQLToken] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    private mutating func next() throws(CESQLSyntaxFault) -> CESQLToken {
        while let byte = self.peek(), byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { self.cursor += 1 }
        let start = self.cursor
        guard let byte = self.peek() else { return CESQLToken(kind: .end, start: start, end: start) }
        switch byte {
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return try self.string(delimiter: byte)
        case let byte where Self.isWord(byte): return self.word()
        default: break
        }
        let following = start + 1 < self.bytes.count ? self.bytes[start + 1] : 0
        let (kind, length) = Self.sign(byte, following)
        guard let kind else {
            throw CESQLSyntaxFault(
                byteOffset: start, reason: "\(self.characterText(at: start)) is no part of the language",
                mend: byte == UInt8(ascii: "!") ? "write != for 'is not equal'" : "strings go in quotes: 'like this'")
        }
        self.cursor += length
        return CESQLToken(kind: kind, start: start, end: self.cursor)
    }

    private static func sign(_ byte: UInt8, _ following: UInt8) -> (CESQLToken.Kind?, Int) {
        switch (byte, following) {
        case (UInt8(ascii: "("), _): (.leftParenthesis, 1)
        case (UInt8(ascii: ")"), _): (.rightParenthesis, 1)
        case (UInt8(ascii: ","), _): (.comma, 1)
        case (UInt8(ascii: "*"), _): (.star, 1)
        case (UInt8(ascii: "/"), _): (.slash, 1)
        case (UInt8(ascii: "%"), _): (.percent, 1)
        case (UInt8(ascii: "+"), _): (.plus, 1)
        case (UInt8(ascii: "-"), _): (.minus, 1)
        case (UInt8(ascii: "="), _): (.equal, 1)
        case (UInt8(ascii: "!"), UInt8(ascii: "=")): (.notEqual, 2)
        case (UInt8(ascii: "<"), UInt8(ascii: ">")): (.notEqual, 2)
        case (UInt8(ascii: "<"), UInt8(ascii: "=")): (.lessOrEqual, 2)
        case (UInt8(ascii: "<"), _): (.less, 1)
        case (UInt8(ascii: ">"), UInt8(ascii: "=")): (.greaterOrEqual, 2)
        case (UInt8(ascii: ">"), _): (.greater, 1)
        default: (nil, 1)
        }
    }

    /// A backslash takes the next character with it, so that an escaped quote does not end the string.
    private mutating func string(delimiter: UInt8) throws(CESQLSyntaxFault) -> CESQLToken {
        let start = self.cursor
        self.cursor += 1
        while let byte = self.peek() {
            self.cursor += 1
            if byte == UInt8(ascii: "\\") {
                if self.peek() != nil { self.cursor += 1 }
            } else if byte == delimiter {
                if self.peek() == delimiter {
                    throw CESQLSyntaxFault(
                        byteOffset: self.cursor, reason: "two strings follow each other without an operator",
                        mend: "write \\\(Character(UnicodeScalar(delimiter))) for a quote inside a string")
                }
                return CESQLToken(kind: .string, start: start, end: self.cursor)
            }
        }
        throw CESQLSyntaxFault(
            byteOffset: start, reason: "the string that begins here does not end",
            mend: "close it with \(Character(UnicodeScalar(delimiter)))")
    }

    private mutating func word() -> CESQLToken {
        let start = self.cursor
        while let byte = self.peek(), Self.isWord(byte) { self.cursor += 1 }
        return CESQLToken(kind: Self.kind(ofWord: self.bytes[start..<self.cursor]), start: start, end: self.cursor)
    }

    private static func kind(ofWord word: ArraySlice<UInt8>) -> CESQLToken.Kind {
        if word.allSatisfy({ (0x30...0x39).contains($0) }) { return .digits }
        guard word.count <= 6 else { return .word }
        return switch String(decoding: word, as: UTF8.self).uppercased() {
        case "AND": .and
        case "OR": .or
        case "XOR": .xor
        case "NOT": .not
        case "LIKE": .like
        case "EXISTS": .exists
        case "IN": .in
        case "TRUE": .true
        case "FALSE": .false
        default: .word
        }
    }

    private func peek() -> UInt8? { self.cursor < self.bytes.count ? self.bytes[self.cursor] : nil }

    /// The character at a place, in quotes, for people.
    private func characterText(at offset: Int) -> String {
        let character = String(decoding: self.bytes[offset...].prefix(32), as: UTF8.self).prefix(1)
        return "'\(character)'"
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
