import NIOCore

/// Some places of JSON texts, each named by a JSON Pointer (RFC 6901), and found together in one pass.
///
/// Nothing is built of a text but the values that are looked for: what lies elsewhere is only checked for its grammar.
public struct JSONPaths: Sendable {
    private struct Node {
        /// By the length of the name, and then by its bytes.
        var members: [(name: [UInt8], node: Int)] = []
        /// By the index.
        var elements: [(index: Int, node: Int)] = []
        /// Which of the values lies here.
        var place: Int?

        /// Where a member is, or would be.
        func position(of name: some RandomAccessCollection<UInt8>) -> (position: Int, isThere: Bool) {
            var (low, high) = (0, self.members.count)
            while low < high {
                let middle = (low + high) / 2
                let other = self.members[middle].name
                let isBehind =
                    other.count == name.count ? other.lexicographicallyPrecedes(name) : other.count < name.count
                if isBehind { low = middle + 1 } else { high = middle }
            }
            return (low, low < self.members.count && self.members[low].name.elementsEqual(name))
        }

        /// The node of a member; nil where nothing of it is looked for.
        func member(_ name: some RandomAccessCollection<UInt8>) -> Int? {
            let (position, isThere) = self.position(of: name)
            return isThere ? self.members[position].node : nil
        }
    }

    /// How many places there are.
    public let count: Int
    private var nodes = [Node()]

    /// - Parameter pointers: where to look; those that are the same text give the same value twice.
    public init(_ pointers: [String]) {
        self.count = pointers.count
        for (place, pointer) in pointers.enumerated() { self.add(JSONPointer.tokens(of: pointer), place) }
    }

    private mutating func add(_ tokens: [String], _ place: Int) {
        var node = 0
        for token in tokens {
            let name = Array(token.utf8)
            let (position, isThere) = self.nodes[node].position(of: name)
            if isThere {
                node = self.nodes[node].members[position].node
            } else {
                self.nodes.append(Node())
                let new = self.nodes.count - 1
                self.nodes[node].members.insert((name, new), at: position)
                // A whole number is also the index of an element, without leading zeros (section 4).
                if let index = Int(token), String(index) == token, index >= 0 {
                    let behind = self.nodes[node].elements.firstIndex { $0.index > index }
                    self.nodes[node].elements.insert((index, new), at: behind ?? self.nodes[node].elements.count)
                }
                node = new
            }
        }
        self.nodes[node].place = place
    }

    /// The values in the order of the pointers: strings as they are meant, numbers and booleans as they are written;
    /// nil for what is not there, `null`, an object or an array. Of a name that an object has twice the last one
    /// counts.
    ///
    /// - Parameter nestingMax: arrays and objects inside one another.
    /// - Throws: `malformedJSON` where the bytes are not one JSON value; `limitExceeded`.
    public func values(
        in bytes: UnsafeRawBufferPointer, nestingMax: Int
    ) throws(CloudEventError) -> [String?] {
        var values = [String?](repeating: nil, count: self.count)
        var scanner = JSONScanner(bytes)
        scanner.skipWhitespace()
        try self.read(&scanner, 0, nestingMax, &values)
        try scanner.expectEnd()
        return values
    }

    /// Recursion goes as deep as the pointers do.
    private func read(
        _ scanner: inout JSONScanner, _ number: Int, _ nestingMax: Int, _ values: inout [String?]
    ) throws(CloudEventError) {
        let node = self.nodes[number]
        let start = scanner.position
        switch scanner.next {
        case UInt8(ascii: "{") where !node.members.isEmpty && nestingMax > 0:
            try self.readObject(&scanner, node, nestingMax, &values)
        case UInt8(ascii: "[") where !node.elements.isEmpty && nestingMax > 0:
            try self.readArray(&scanner, node, nestingMax, &values)
        case UInt8(ascii: "\""):
            let token = try scanner.scanString()
            guard let place = node.place else { return }
            if token.hasEscapes {
                values[place] = (try? scanner.unescape(token)).map { String(buffer: $0) }
            } else {
                values[place] = String(decoding: scanner.slice(token.range), as: UTF8.self)
            }
        case let first:
            try scanner.skipValue(nestingMax: nestingMax)
            guard let place = node.place else { return }
            let isText = first == UInt8(ascii: "{") || first == UInt8(ascii: "[") || first == UInt8(ascii: "n")
            values[place] =
                isText ? nil : String(decoding: scanner.slice(start..<scanner.position), as: UTF8.self)
        }
    }

    private func readObject(
        _ scanner: inout JSONScanner, _ node: Node, _ nestingMax: Int, _ values: inout [String?]
    ) throws(CloudEventError) {
        _ = scanner.take(UInt8(ascii: "{"))
        scanner.skipWhitespace()
        if scanner.take(UInt8(ascii: "}")) { return }
        while true {
            let member = try scanner.scanName()
            let child =
                if member.hasEscapes {
                    (try? scanner.unescape(member)).flatMap { node.member($0.readableBytesView) }
                } else {
                    node.member(scanner.slice(member.range))
                }
            if let child {
                try self.read(&scanner, child, nestingMax - 1, &values)
            } else {
                try scanner.skipValue(nestingMax: nestingMax - 1)
            }
            scanner.skipWhitespace()
            if scanner.take(UInt8(ascii: "}")) { return }
            try scanner.expect(UInt8(ascii: ","), "',' or '}'")
            scanner.skipWhitespace()
        }
    }

    private func readArray(
        _ scanner: inout JSONScanner, _ node: Node, _ nestingMax: Int, _ values: inout [String?]
    ) throws(CloudEventError) {
        _ = scanner.take(UInt8(ascii: "["))
        scanner.skipWhitespace()
        if scanner.take(UInt8(ascii: "]")) { return }
        var (index, next) = (0, 0)
        while true {
            if next < node.elements.count, node.elements[next].index == index {
                try self.read(&scanner, node.elements[next].node, nestingMax - 1, &values)
                next += 1
            } else {
                try scanner.skipValue(nestingMax: nestingMax - 1)
            }
            index += 1
            scanner.skipWhitespace()
            if scanner.take(UInt8(ascii: "]")) { return }
            try scanner.expect(UInt8(ascii: ","), "',' or ']'")
            scanner.skipWhitespace()
        }
    }
}

extension JSONScanner {
    /// Reads `"name" :` and the white space behind it.
    fileprivate mutating func scanName() throws(CloudEventError) -> StringToken {
        let token = try self.scanString()
        self.skipWhitespace()
        try self.expect(UInt8(ascii: ":"), "':'")
        self.skipWhitespace()
        return token
    }
}
