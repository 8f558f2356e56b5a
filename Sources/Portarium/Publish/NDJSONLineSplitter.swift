/// Cuts a stream of bytes into lines and holds at most one line: a longer one than allowed is let by, not collected.
struct NDJSONLineSplitter: Sendable {
    private let lineBytesMax: Int
    private var partial: [UInt8] = []
    private var isTooLong = false
    private var number = 1

    init(lineBytesMax: Int) { self.lineBytesMax = lineBytesMax }

    /// The lines that end inside these bytes, in order; blank ones are left out.
    mutating func split(_ chunk: some Sequence<UInt8>) -> [NDJSONLine] {
        var lines: [NDJSONLine] = []
        for byte in chunk {
            if byte == UInt8(ascii: "\n") {
                if let line = self.endLine() { lines.append(line) }
                self.number += 1
            } else if !self.isTooLong {
                if self.partial.count < self.lineBytesMax + 1 {
                    self.partial.append(byte)
                } else {
                    self.isTooLong = true
                    self.partial = []
                }
            }
        }
        return lines
    }

    /// The last line, where it has no end of its own.
    mutating func finish() -> NDJSONLine? { self.endLine() }

    private mutating func endLine() -> NDJSONLine? {
        defer {
            self.partial.removeAll(keepingCapacity: self.partial.capacity <= 1_048_576)
            self.isTooLong = false
        }
        if self.partial.last == UInt8(ascii: "\r") { self.partial.removeLast() }
        if self.number == 1, self.partial.starts(with: [0xEF, 0xBB, 0xBF]) { self.partial.removeFirst(3) }
        if self.isTooLong || self.partial.count > self.lineBytesMax {
            return NDJSONLine(number: self.number, content: .tooLong(bytesMax: self.lineBytesMax))
        }
        let isBlank = self.partial.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        return isBlank ? nil : NDJSONLine(number: self.number, content: .bytes(self.partial))
    }
}
