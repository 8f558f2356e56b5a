import NIOCore

/// A request that is encoded once; for each use only the numbers in it are written anew.
struct RequestTemplate: Sendable {
    /// Stands for the number of the event, twelve digits.
    static let number = "############"
    /// Stands for its ordering key, six digits.
    static let key = "@@@@@@"

    let eventsPerRequest: Int
    private let bytes: [UInt8]
    private let numberOffsets: [Int]
    private let keyOffsets: [Int]
    private let keys: Int

    /// - Parameter text: the whole request; ``number`` once per event, ``key`` never or once per event.
    init(text: String, eventsPerRequest: Int, keys: Int) {
        let bytes = Array(text.utf8)
        self.bytes = bytes
        self.eventsPerRequest = eventsPerRequest
        self.numberOffsets = Self.offsets(of: Array(Self.number.utf8), in: bytes)
        self.keyOffsets = Self.offsets(of: Array(Self.key.utf8), in: bytes)
        self.keys = keys
        precondition(self.numberOffsets.count == eventsPerRequest, "each event needs a number")
    }

    /// The request whose first event has this number.
    func request(firstNumber: Int, allocator: ByteBufferAllocator) -> ByteBuffer {
        var buffer = allocator.buffer(capacity: self.bytes.count)
        buffer.writeBytes(self.bytes)
        buffer.withUnsafeMutableReadableBytes { target in
            for (index, offset) in self.numberOffsets.enumerated() {
                Self.write(firstNumber + index, digits: 12, at: offset, in: target)
            }
            for (index, offset) in self.keyOffsets.enumerated() {
                Self.write((firstNumber + index) % self.keys, digits: 6, at: offset, in: target)
            }
        }
        return buffer
    }

    private static func write(_ number: Int, digits: Int, at offset: Int, in target: UnsafeMutableRawBufferPointer) {
        var rest = number
        for place in (offset..<offset + digits).reversed() {
            target[place] = UInt8(48 + rest % 10)
            rest /= 10
        }
    }

    private static func offsets(of pattern: [UInt8], in bytes: [UInt8]) -> [Int] {
        var found: [Int] = []
        var index = 0
        while index + pattern.count <= bytes.count {
            if bytes[index] == pattern[0], bytes[index..<index + pattern.count].elementsEqual(pattern) {
                found.append(index)
                index += pattern.count
            } else {
                index += 1
            }
        }
        return found
    }
}
