/// The built-in functions (CESQL 1.0, section 3.5). Positions and lengths count Unicode scalars.
extension CESQLMachine {
    mutating func call(_ function: CESQLFunction, _ argumentCount: Int) {
        let first = self.top - argumentCount
        switch function {
        case .length:
            guard let text = self.text(self.stack[first]) else { return self.failForSize(.integer(0)) }
            self.replaceTop(.integer(self.withBytes(of: text) { Int32(clamping: Self.scalarCount($0)) }))
        case .concat: self.concat(first: first, separator: nil)
        case .concatWithSeparator: self.concat(first: first + 1, separator: first)
        case .lower, .upper: self.changeCase(isUpper: function == .upper)
        case .trim: self.trim()
        case .left, .right: self.end(isLeft: function == .left)
        case .substring: self.substring(first: first, hasLength: argumentCount == 3)
        case .absolute: self.absolute()
        case .toInteger:
            guard let value = self.integer(self.stack[first]) else { return self.fail(.cast, .integer(0)) }
            self.replaceTop(.integer(value))
        case .toBoolean:
            guard let value = self.boolean(self.stack[first]) else { return self.fail(.cast) }
            self.replaceTop(.boolean(value))
        case .toString:
            guard let text = self.string(self.stack[first]) else { return self.failForSize() }
            self.replaceTop(text)
        case .isInteger: self.replaceTop(.boolean(self.integer(self.stack[first]) != nil))
        case .isBoolean: self.replaceTop(.boolean(self.boolean(self.stack[first]) != nil))
        }
    }

    /// The operand as a string, its bytes counted as work; nil: there is no room for it, or too much was done.
    private mutating func text(_ operand: Operand) -> Operand? {
        guard let text = self.string(operand) else { return nil }
        self.work -= Int(text.count)
        return self.work >= 0 ? text : nil
    }

    private mutating func failForSize(_ value: Operand = .emptyString) {
        self.fail(.generic, value)
    }

    private mutating func concat(first: Int, separator: Int?) {
        var parts: [Operand] = []
        for index in first..<max(first, self.top) {
            guard let text = self.string(self.stack[index]) else { return self.failForSize() }
            parts.append(text)
        }
        var between = Operand.emptyString
        if let separator {
            guard let text = self.string(self.stack[separator]) else { return self.failForSize() }
            between = text
        }
        let start = self.scratch.count
        let size = parts.reduce(Int(between.count) * max(0, parts.count - 1)) { $0 + Int($1.count) }
        guard start + size <= CESQLExpression.resultBytesMax else { return self.failForSize() }
        self.scratch.reserveCapacity(start + size)
        for (index, part) in parts.enumerated() {
            if index > 0 { self.appendToScratch(between) }
            self.appendToScratch(part)
        }
        self.top = separator ?? first
        self.push(Operand(kind: .string, origin: .scratch, first: Int32(start), count: Int32(size)))
    }

    private mutating func appendToScratch(_ part: Operand) {
        if part.origin == .scratch {
            self.scratch.append(contentsOf: Array(self.scratch[Int(part.first)..<Int(part.first + part.count)]))
        } else {
            let source = part.origin == .event ? self.packed : self.literals
            self.scratch.append(contentsOf: source[Int(part.first)..<Int(part.first + part.count)])
        }
    }

    private mutating func changeCase(isUpper: Bool) {
        guard let operand = self.text(self.stack[self.top - 1]) else { return self.failForSize() }
        let text = self.text(of: operand)
        guard let changed = self.keep((isUpper ? text.uppercased() : text.lowercased()).utf8) else {
            return self.failForSize()
        }
        self.replaceTop(changed)
    }

    /// Takes white space as Unicode defines it off both ends.
    private mutating func trim() {
        guard var operand = self.text(self.stack[self.top - 1]) else { return self.failForSize() }
        let text = self.text(of: operand).unicodeScalars
        let leading = text.prefix { $0.properties.isWhitespace }
        let rest = text[leading.endIndex...]
        var trailing = 0
        for scalar in rest.reversed() {
            guard scalar.properties.isWhitespace else { break }
            trailing += UTF8.width(scalar)
        }
        let skipped = leading.reduce(0) { $0 + UTF8.width($1) }
        operand.first += Int32(skipped)
        operand.count -= Int32(skipped + trailing)
        self.replaceTop(operand)
    }

    /// LEFT and RIGHT. A negative length gives the whole string and an error.
    private mutating func end(isLeft: Bool) {
        let (subject, wanted) = self.popTwo()
        guard let text = self.text(subject) else { return self.failForSize() }
        guard let length = self.integer(wanted) else { return self.fail(.cast, .emptyString) }
        guard length >= 0 else { return self.fail(.functionEvaluation, text) }
        let result = self.withBytes(of: text) { bytes in
            let skipped = isLeft ? 0 : max(0, Self.scalarCount(bytes) - Int(length))
            return Self.slice(bytes, from: skipped, count: Int(length))
        }
        self.push(Self.part(of: text, result))
    }

    private mutating func substring(first: Int, hasLength: Bool) {
        let subject = self.stack[first]
        let (start, length) = (self.stack[first + 1], hasLength ? self.stack[first + 2] : .integer(Int32.max))
        self.top = first
        guard let text = self.text(subject) else { return self.failForSize() }
        guard let position = self.integer(start), let count = self.integer(length) else {
            return self.fail(.cast, .emptyString)
        }
        let total = self.withBytes(of: text) { Self.scalarCount($0) }
        guard count >= 0, Int(position).magnitude <= total else { return self.fail(.functionEvaluation, .emptyString) }
        guard position != 0 else { return self.push(.emptyString) }
        let skipped = position > 0 ? Int(position) - 1 : total + Int(position)
        let result = self.withBytes(of: text) { Self.slice($0, from: skipped, count: Int(count)) }
        self.push(Self.part(of: text, result))
    }

    private mutating func absolute() {
        guard let value = self.integer(self.stack[self.top - 1]) else { return self.fail(.cast, .integer(0)) }
        guard value != Int32.min else { return self.fail(.math, .integer(Int32.max)) }
        self.replaceTop(.integer(abs(value)))
    }

    // MARK: Scalars

    private static func scalarCount(_ bytes: UnsafeRawBufferPointer) -> Int {
        bytes.reduce(0) { $0 + ($1 & 0xc0 == 0x80 ? 0 : 1) }
    }

    /// The byte range of `count` scalars after `skipped` ones, cut at the end.
    private static func slice(_ bytes: UnsafeRawBufferPointer, from skipped: Int, count: Int) -> Range<Int> {
        var (scalars, start) = (-1, bytes.count)
        for (index, byte) in bytes.enumerated() where byte & 0xc0 != 0x80 {
            scalars += 1
            if scalars == skipped { start = index }
            if scalars == skipped + count { return start..<index }
        }
        return start..<bytes.count
    }

    private static func part(of text: Operand, _ range: Range<Int>) -> Operand {
        Operand(
            kind: .string, origin: text.origin, first: text.first + Int32(range.lowerBound), count: Int32(range.count))
    }
}
