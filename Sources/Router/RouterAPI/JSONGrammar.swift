import CloudEvents

/// Checks that bytes are one JSON text (RFC 8259) and says where they are not, which the decoder does not.
///
/// Iterative, so that no nesting can exhaust the stack. The members of an object must have different names.
struct JSONGrammar {
    /// What is wrong and where; line and column count from 1, the column in bytes.
    struct Fault: Error, Hashable {
        var reason: String
        var byteOffset: Int
        var line: Int
        var column: Int
    }

    /// Arrays and objects inside each other at most.
    static let depthMax = 128

    /// What may come next.
    private enum State {
        case value
        case valueOrEnd
        case nameOrEnd
        case name
        case commaOrEnd
        case end
    }

    private enum Container {
        case array
        case object(names: Set<[UInt8]>)
    }

    private let bytes: UnsafeRawBufferPointer
    private var cursor = 0
    private var state = State.value
    private var containers: [Container] = []

    /// - Throws: the first fault.
    static func check(_ bytes: UnsafeRawBufferPointer) throws(Fault) {
        var grammar = JSONGrammar(bytes: bytes)
        do throws(Mistake) {
            guard String(validating: bytes, as: UTF8.self) != nil else {
                throw Mistake(reason: "the text is not UTF-8")
            }
            try grammar.scan()
        } catch {
            throw grammar.fault(error)
        }
    }

    private struct Mistake: Error {
        var reason: String
    }

    private init(bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    private var next: UInt8? { self.cursor < self.bytes.count ? self.bytes[self.cursor] : nil }

    private func fault(_ mistake: Mistake) -> Fault {
        let before = self.bytes[..<self.cursor]
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return Fault(
            reason: mistake.reason, byteOffset: self.cursor, line: before.count { $0 == 0x0A } + 1,
            column: self.cursor - lineStart + 1)
    }

    private mutating func scan() throws(Mistake) {
        while true {
            self.skipSpace()
            switch self.state {
            case .end:
                guard self.next == nil else { throw Mistake(reason: "nothing may follow the JSON text") }
                return
            case .value: try self.value()
            case .valueOrEnd:
                if self.next == UInt8(ascii: "]") { self.close() } else { try self.value() }
            case .nameOrEnd:
                if self.next == UInt8(ascii: "}") { self.close() } else { try self.name() }
            case .name: try self.name()
            case .commaOrEnd: try self.commaOrEnd()
            }
        }
    }

    private mutating func skipSpace() {
        while let byte = self.next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { self.cursor += 1 }
    }

    private mutating func open(_ container: Container, then state: State) throws(Mistake) {
        guard self.containers.count < Self.depthMax else {
            throw Mistake(reason: "arrays and objects are nested deeper than \(Self.depthMax)")
        }
        self.containers.append(container)
        self.cursor += 1
        self.state = state
    }

    private mutating func close() {
        self.cursor += 1
        self.containers.removeLast()
        self.state = self.containers.isEmpty ? .end : .commaOrEnd
    }

    private mutating func commaOrEnd() throws(Mistake) {
        switch (self.next, self.containers.last) {
        case (UInt8(ascii: ","), .array):
            self.cursor += 1
            self.state = .value
        case (UInt8(ascii: ","), .object):
            self.cursor += 1
            self.state = .name
        case (UInt8(ascii: "]"), .array), (UInt8(ascii: "}"), .object): self.close()
        case (_, .array): throw Mistake(reason: "expected ',' or ']'")
        case (_, _): throw Mistake(reason: "expected ',' or '}'")
        }
    }

    private mutating func value() throws(Mistake) {
        switch self.next {
        case UInt8(ascii: "{"): return try self.open(.object(names: []), then: .nameOrEnd)
        case UInt8(ascii: "["): return try self.open(.array, then: .valueOrEnd)
        case UInt8(ascii: "\""): _ = try self.string()
        case UInt8(ascii: "t"): try self.literal("true")
        case UInt8(ascii: "f"): try self.literal("false")
        case UInt8(ascii: "n"): try self.literal("null")
        case nil: throw Mistake(reason: "the text ends where a value is expected")
        case let byte?:
            guard byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else {
                throw Mistake(reason: "expected a value")
            }
            try self.number()
        }
        self.state = self.containers.isEmpty ? .end : .commaOrEnd
    }

    private mutating func name() throws(Mistake) {
        guard self.next == UInt8(ascii: "\"") else { throw Mistake(reason: "expected a name in quotes") }
        let start = self.cursor
        let name = try self.string()
        if case .object(var names) = self.containers.removeLast() {
            guard names.insert(Array(name)).inserted else {
                self.cursor = start
                throw Mistake(reason: "the name is there already")
            }
            self.containers.append(.object(names: names))
        }
        self.skipSpace()
        guard self.next == UInt8(ascii: ":") else { throw Mistake(reason: "expected ':'") }
        self.cursor += 1
        self.state = .value
    }

    /// The bytes between the quotes, escapes as they are.
    private mutating func string() throws(Mistake) -> Slice<UnsafeRawBufferPointer> {
        self.cursor += 1
        let start = self.cursor
        while let byte = self.next {
            switch byte {
            case UInt8(ascii: "\""):
                self.cursor += 1
                return self.bytes[start..<(self.cursor - 1)]
            case UInt8(ascii: "\\"): try self.escape()
            case 0..<0x20: throw Mistake(reason: "a control character in a string must be escaped")
            default: self.cursor += 1
            }
        }
        throw Mistake(reason: "the text ends inside a string")
    }

    private mutating func escape() throws(Mistake) {
        let rest = self.bytes[self.cursor...].dropFirst()
        switch rest.first {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            self.cursor += 2
        case UInt8(ascii: "u"):
            let digits = rest.dropFirst().prefix(4)
            guard digits.count == 4, digits.allSatisfy(ASCIISet.hexDigit.contains) else {
                throw Mistake(reason: "\\u must be followed by four hexadecimal digits")
            }
            self.cursor += 6
        default: throw Mistake(reason: "there is no such escape")
        }
    }

    private mutating func literal(_ text: StaticString) throws(Mistake) {
        let expected = UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard self.bytes[self.cursor...].starts(with: expected) else { throw Mistake(reason: "expected a value") }
        self.cursor += expected.count
    }

    private mutating func number() throws(Mistake) {
        if self.next == UInt8(ascii: "-") { self.cursor += 1 }
        if self.next == UInt8(ascii: "0") { self.cursor += 1 } else { try self.digits() }
        if self.next == UInt8(ascii: ".") {
            self.cursor += 1
            try self.digits()
        }
        if self.next == UInt8(ascii: "e") || self.next == UInt8(ascii: "E") {
            self.cursor += 1
            if self.next == UInt8(ascii: "+") || self.next == UInt8(ascii: "-") { self.cursor += 1 }
            try self.digits()
        }
    }

    private mutating func digits() throws(Mistake) {
        let start = self.cursor
        while let byte = self.next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { self.cursor += 1 }
        guard self.cursor > start else { throw Mistake(reason: "expected a digit") }
    }
}
