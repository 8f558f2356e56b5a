/// Reads regular expressions of ECMA-262 in Unicode mode (section 22.2.1), strictly: what is no syntax there is
/// refused.
struct PatternParser {
    struct Fault: Error, Hashable {
        let reason: String
    }

    /// Groups inside each other at most.
    private static let depthMax = 64
    /// Times a piece may be asked for at most.
    private static let countMax = 100_000
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0
    private var groups = 0
    private var names: Set<String> = []
    private var references: [String] = []
    private var greatestReference = 0

    static func parse(_ text: String) throws(Fault) -> PatternNode {
        var parser = PatternParser(text)
        let node = try parser.alternatives()
        guard parser.position == parser.scalars.count else { throw Fault(reason: "a ')' stands alone") }
        guard parser.references.allSatisfy(parser.names.contains), parser.greatestReference <= parser.groups else {
            throw Fault(reason: "a reference names a group that is not there")
        }
        return node
    }

    private init(_ text: String) { self.scalars = Array(text.unicodeScalars) }

    private var next: Unicode.Scalar? { self.position < self.scalars.count ? self.scalars[self.position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard self.next == scalar else { return false }
        self.position += 1
        return true
    }

    private mutating func take(_ text: String) -> Bool {
        let wanted = Array(text.unicodeScalars)
        guard self.scalars[self.position...].starts(with: wanted) else { return false }
        self.position += wanted.count
        return true
    }

    private mutating func alternatives() throws(Fault) -> PatternNode {
        var all = [try self.sequence()]
        while self.take("|" as Unicode.Scalar) { all.append(try self.sequence()) }
        return all.count == 1 ? all[0] : .alternatives(all)
    }

    private mutating func sequence() throws(Fault) -> PatternNode {
        var all: [PatternNode] = []
        while let scalar = self.next, scalar != "|", scalar != ")" { all.append(try self.term()) }
        return all.count == 1 ? all[0] : all.isEmpty ? .empty : .sequence(all)
    }

    private mutating func term() throws(Fault) -> PatternNode {
        if self.take("^" as Unicode.Scalar) { return .start }
        if self.take("$" as Unicode.Scalar) { return .end }
        if self.take("\\b") { return .wordBoundary(isNegated: false) }
        if self.take("\\B") { return .wordBoundary(isNegated: true) }
        for (opening, name) in [
            ("(?=", "lookahead"), ("(?!", "lookahead"), ("(?<=", "lookbehind"), ("(?<!", "lookbehind"),
        ]
        where self.take(opening) {
            _ = try self.group()
            return .unsupported(name)
        }
        return try self.quantified(try self.atom())
    }

    private mutating func group() throws(Fault) -> PatternNode {
        self.depth += 1
        guard self.depth <= Self.depthMax else { throw Fault(reason: "groups lie deeper than \(Self.depthMax)") }
        let inner = try self.alternatives()
        guard self.take(")" as Unicode.Scalar) else { throw Fault(reason: "a '(' is not closed") }
        self.depth -= 1
        return inner
    }

    private mutating func atom() throws(Fault) -> PatternNode {
        guard let scalar = self.next else { throw Fault(reason: "it ends too early") }
        self.position += 1
        switch scalar {
        case ".": return .characters(.init(PatternNode.CharacterSet.lineEnds, isNegated: true))
        case "[": return .characters(try self.characterClass())
        case "(":
            if self.take("?:") { return try self.group() }
            self.groups += 1
            if self.take("?<") {
                let name = try self.groupName()
                guard self.names.insert(name).inserted else { throw Fault(reason: "two groups are called '\(name)'") }
            } else if self.next == "?" {
                throw Fault(reason: "'(?' begins no group that ECMA-262 knows")
            }
            return try self.group()
        case "\\": return try self.escape()
        case "*", "+", "?": throw Fault(reason: "'\(scalar)' has nothing to repeat")
        case "{", "}", "]": throw Fault(reason: "'\(scalar)' must be escaped")
        default: return .characters(.init(scalar))
        }
    }

    private mutating func groupName() throws(Fault) -> String {
        var name = ""
        while let scalar = self.next, scalar != ">" {
            let isFit =
                scalar == "$" || scalar == "_"
                || (name.isEmpty ? scalar.properties.isIDStart : scalar.properties.isIDContinue)
            guard isFit else { throw Fault(reason: "a group's name has a character that no name has") }
            name.unicodeScalars.append(scalar)
            self.position += 1
        }
        guard self.take(">" as Unicode.Scalar), !name.isEmpty else {
            throw Fault(reason: "a group's name is not closed")
        }
        return name
    }

    private mutating func quantified(_ node: PatternNode) throws(Fault) -> PatternNode {
        var bounds: (min: Int, max: Int?)
        if self.take("*" as Unicode.Scalar) {
            bounds = (0, nil)
        } else if self.take("+" as Unicode.Scalar) {
            bounds = (1, nil)
        } else if self.take("?" as Unicode.Scalar) {
            bounds = (0, 1)
        } else if self.take("{" as Unicode.Scalar) {
            bounds = try self.counts()
        } else {
            return node
        }
        // Lazy or not: it matches the same texts.
        _ = self.take("?" as Unicode.Scalar)
        return .repeated(node, min: bounds.min, max: bounds.max)
    }

    private mutating func counts() throws(Fault) -> (min: Int, max: Int?) {
        let min = try self.count()
        var max: Int? = min
        if self.take("," as Unicode.Scalar) { max = self.next == "}" ? nil : try self.count() }
        guard self.take("}" as Unicode.Scalar) else { throw Fault(reason: "a '{' is not closed") }
        if let max, max < min { throw Fault(reason: "{\(min),\(max)} asks for more than it allows") }
        return (min, max)
    }

    private mutating func count() throws(Fault) -> Int {
        var value: Int?
        while let scalar = self.next, ("0"..."9").contains(scalar) {
            value = (value ?? 0) * 10 + Int(scalar.value - 0x30)
            self.position += 1
            if let value, value > Self.countMax { throw Fault(reason: "a count is over \(Self.countMax)") }
        }
        guard let value else { throw Fault(reason: "a '{' has no count behind it") }
        return value
    }

    private mutating func escape() throws(Fault) -> PatternNode {
        if let scalar = self.next, ("1"..."9").contains(scalar) {
            self.greatestReference = max(self.greatestReference, try self.count())
            return .unsupported("backreference")
        }
        if self.take("k<") {
            self.references.append(try self.groupName())
            return .unsupported("backreference")
        }
        return .characters(try self.escapedCharacters())
    }

    /// What stands behind a backslash, in a class or out of it.
    private mutating func escapedCharacters() throws(Fault) -> PatternNode.CharacterSet {
        typealias Characters = PatternNode.CharacterSet
        guard let scalar = self.next else { throw Fault(reason: "it ends with a backslash") }
        switch scalar {
        case "d": return self.taken(Characters(Characters.digits))
        case "D": return self.taken(Characters(Characters.complement(Characters.digits)))
        case "w": return self.taken(Characters(Characters.words))
        case "W": return self.taken(Characters(Characters.complement(Characters.words)))
        case "s": return self.taken(Characters(Characters.spaces))
        case "S": return self.taken(Characters(Characters.complement(Characters.spaces)))
        case "p", "P":
            self.position += 1
            guard self.take("{" as Unicode.Scalar),
                let end = self.scalars[self.position...].firstIndex(of: "}")
            else { throw Fault(reason: "'\\\(scalar)' has no '{…}' behind it") }
            let name = String(String.UnicodeScalarView(self.scalars[self.position..<end]))
            guard let property = CharacterProperty(name) else {
                throw Fault(reason: "'\\\(scalar){\(name)}' names no property that is known here")
            }
            self.position = end + 1
            var characters = Characters()
            characters.properties = [(property, scalar == "P")]
            return characters
        default: return Characters(try self.escapedScalar())
        }
    }

    private mutating func taken(_ characters: PatternNode.CharacterSet) -> PatternNode.CharacterSet {
        self.position += 1
        return characters
    }

    private mutating func escapedScalar() throws(Fault) -> Unicode.Scalar {
        guard let scalar = self.next else { throw Fault(reason: "it ends with a backslash") }
        self.position += 1
        switch scalar {
        case "t": return "\t"
        case "n": return "\n"
        case "v": return "\u{b}"
        case "f": return "\u{c}"
        case "r": return "\r"
        case "0":
            if let next = self.next, ("0"..."9").contains(next) { throw Fault(reason: "'\\0' has a digit behind it") }
            return "\0"
        case "c":
            guard let letter = self.next, letter.isASCII, letter.properties.isAlphabetic else {
                throw Fault(reason: "'\\c' has no letter behind it")
            }
            self.position += 1
            return Unicode.Scalar(UInt8(letter.value % 32))
        case "x": return try self.scalar(try self.hex(2))
        case "u": return try self.unicodeEscape()
        case "^", "$", "\\", ".", "*", "+", "?", "(", ")", "[", "]", "{", "}", "|", "/": return scalar
        default: throw Fault(reason: "'\\\(scalar)' is no escape of ECMA-262")
        }
    }

    private mutating func unicodeEscape() throws(Fault) -> Unicode.Scalar {
        if self.take("{" as Unicode.Scalar) {
            var value: UInt32?
            while let digit = self.next.flatMap({ Character($0).hexDigitValue }), self.next?.isASCII == true {
                value = (value ?? 0) << 4 | UInt32(digit)
                self.position += 1
                if let value, value > 0x10_ffff { throw Fault(reason: "'\\u{…}' is beyond 10FFFF") }
            }
            guard let value, self.take("}" as Unicode.Scalar) else { throw Fault(reason: "'\\u{' is not closed") }
            return try self.scalar(value)
        }
        let first = try self.hex(4)
        guard (0xd800..<0xdc00).contains(first), self.take("\\u") else { return try self.scalar(first) }
        let second = try self.hex(4)
        guard (0xdc00..<0xe000).contains(second) else { throw Fault(reason: "'\\u' names half of a character") }
        return try self.scalar(0x1_0000 + (first - 0xd800) << 10 + (second - 0xdc00))
    }

    private mutating func hex(_ count: Int) throws(Fault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let scalar = self.next, scalar.isASCII, let digit = Character(scalar).hexDigitValue else {
                throw Fault(reason: "an escape needs \(count) hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            self.position += 1
        }
        return value
    }

    private func scalar(_ value: UInt32) throws(Fault) -> Unicode.Scalar {
        guard let scalar = Unicode.Scalar(value) else { throw Fault(reason: "an escape names half of a character") }
        return scalar
    }

    private mutating func characterClass() throws(Fault) -> PatternNode.CharacterSet {
        var result = PatternNode.CharacterSet()
        result.isNegated = self.take("^" as Unicode.Scalar)
        while !self.take("]" as Unicode.Scalar) {
            let first = try self.classMember()
            guard self.next == "-", self.position + 1 < self.scalars.count, self.scalars[self.position + 1] != "]"
            else {
                result.ranges += first.ranges
                result.properties += first.properties
                continue
            }
            self.position += 1
            let last = try self.classMember()
            guard let low = first.single, let high = last.single, low <= high else {
                throw Fault(reason: "a range in '[…]' does not lead from a character to a later one")
            }
            result.ranges.append(low...high)
        }
        return result
    }

    private mutating func classMember() throws(Fault) -> PatternNode.CharacterSet {
        guard let scalar = self.next else { throw Fault(reason: "a '[' is not closed") }
        self.position += 1
        guard scalar == "\\" else { return .init(scalar) }
        if self.take("b" as Unicode.Scalar) { return .init("\u{8}") }
        if self.take("-" as Unicode.Scalar) { return .init("-") }
        return try self.escapedCharacters()
    }
}

extension PatternNode.CharacterSet {
    /// Its only character.
    fileprivate var single: UInt32? {
        guard self.ranges.count == 1, self.properties.isEmpty, self.ranges[0].count == 1 else { return nil }
        return self.ranges[0].lowerBound
    }
}
