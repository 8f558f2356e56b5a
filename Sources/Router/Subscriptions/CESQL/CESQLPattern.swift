/// A compiled LIKE pattern (CESQL 1.0, section 3.4.3): `%` is any number of characters, `_` is one, `\%` and `\_` are
/// themselves, everything else, other backslashes too, is itself. A character is a Unicode scalar.
struct CESQLPattern: Sendable {
    private enum Form {
        case exact
        case prefix
        case suffix
        case contains
        case general
    }

    private enum Element: Equatable {
        case byte(UInt8)
        case one
        case many
    }

    private let form: Form
    /// The literal part of every form but the general one.
    private let literal: [UInt8]
    private let elements: [Element]

    /// - Parameter pattern: UTF-8, quotes already taken off.
    init(_ pattern: [UInt8]) {
        var elements: [Element] = []
        var cursor = 0
        while cursor < pattern.count {
            let byte = pattern[cursor]
            cursor += 1
            switch byte {
            case UInt8(ascii: "%"):
                if elements.last != .many { elements.append(.many) }
            case UInt8(ascii: "_"): elements.append(.one)
            case UInt8(ascii: "\\"):
                if cursor < pattern.count, [UInt8(ascii: "%"), UInt8(ascii: "_")].contains(pattern[cursor]) {
                    elements.append(.byte(pattern[cursor]))
                    cursor += 1
                } else {
                    elements.append(.byte(byte))
                }
            default: elements.append(.byte(byte))
            }
        }
        self.elements = elements
        let literal = elements.compactMap { if case .byte(let byte) = $0 { byte } else { nil } }
        self.literal = literal
        let manyAtStart = elements.first == .many
        let manyAtEnd = elements.count > 1 && elements.last == .many
        if literal.count == elements.count {
            self.form = .exact
        } else if literal.count + (manyAtStart ? 1 : 0) + (manyAtEnd ? 1 : 0) < elements.count {
            self.form = .general
        } else if manyAtStart {
            self.form = manyAtEnd ? .contains : .suffix
        } else {
            self.form = .prefix
        }
    }

    /// What every match begins with, or is.
    var valuePattern: AttributeValuePattern? {
        switch self.form {
        case .exact: return .exact(self.literal)
        case .prefix: return .prefix(self.literal)
        case .suffix, .contains: return nil
        case .general:
            let head = self.elements.prefix { if case .byte = $0 { true } else { false } }
            return head.isEmpty ? nil : .prefix(Array(self.literal.prefix(head.count)))
        }
    }

    /// Whether a text matches.
    /// - Parameter work: How many steps may still be done; taken down by those that were. Below zero: given up.
    func matches(_ text: UnsafeRawBufferPointer, work: inout Int) -> Bool {
        self.literal.withUnsafeBytes { literal in
            switch self.form {
            case .exact: text.hasSameBytes(as: literal)
            case .prefix: text.hasBytePrefix(literal)
            case .suffix: text.hasByteSuffix(literal)
            case .contains: text.containsBytes(literal, work: &work)
            case .general: self.elements.withUnsafeBufferPointer { Self.matches(text, $0, &work) }
            }
        }
    }

    /// Goes back to the last `%` where it does not fit: at worst the product of both lengths, without recursion.
    private static func matches(
        _ text: UnsafeRawBufferPointer, _ elements: UnsafeBufferPointer<Element>, _ work: inout Int
    ) -> Bool {
        var (textCursor, cursor) = (0, 0)
        var retry: (cursor: Int, textCursor: Int)?
        while textCursor < text.count {
            work -= 1
            guard work >= 0 else { return false }
            var isFitting = false
            if cursor < elements.count {
                switch elements[cursor] {
                case .byte(let byte):
                    if text[textCursor] == byte {
                        (textCursor, cursor) = (textCursor + 1, cursor + 1)
                        isFitting = true
                    }
                case .one:
                    (textCursor, cursor) = (self.next(after: textCursor, in: text), cursor + 1)
                    isFitting = true
                case .many:
                    cursor += 1
                    retry = (cursor, textCursor)
                    isFitting = true
                }
            }
            if !isFitting {
                guard let last = retry else { return false }
                textCursor = self.next(after: last.textCursor, in: text)
                cursor = last.cursor
                retry = (cursor, textCursor)
            }
        }
        while cursor < elements.count, elements[cursor] == .many { cursor += 1 }
        return cursor == elements.count
    }

    /// The place after the scalar that begins at `index`.
    private static func next(after index: Int, in text: UnsafeRawBufferPointer) -> Int {
        var index = index + 1
        while index < text.count, text[index] & 0xc0 == 0x80 { index += 1 }
        return index
    }
}
