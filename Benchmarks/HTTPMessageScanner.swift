import NIOCore

/// Finds the end of HTTP/1.1 messages in a stream of bytes, and nothing else: the least work that still counts as
/// HTTP, so that the measuring side does not limit what is measured.
struct HTTPMessageScanner {
    /// A message that is all here.
    struct Message: Equatable {
        /// The three digits of a status line; 0 for a request.
        var status: Int
    }

    /// What this scanner does not read: chunked bodies, heads that grow without end.
    struct Unreadable: Error {
        var reason: String
    }

    private static let headBytesMax = 64 << 10

    /// Removes the first message from `buffer`; nil while it is not complete.
    static func next(in buffer: inout ByteBuffer) throws -> Message? {
        let found = try buffer.withUnsafeReadableBytes { bytes -> (length: Int, status: Int)? in
            guard let head = try Self.headLength(bytes) else { return nil }
            let length = head + (try Self.contentLength(bytes[..<head]))
            guard bytes.count >= length else { return nil }
            return (length, Self.status(bytes))
        }
        guard let found else { return nil }
        buffer.moveReaderIndex(forwardBy: found.length)
        if buffer.readableBytes == 0 { buffer.clear() }
        return Message(status: found.status)
    }

    private static func headLength(_ bytes: UnsafeRawBufferPointer) throws -> Int? {
        var index = 3
        while index < bytes.count {
            if bytes[index] == 0x0A, bytes[index - 1] == 0x0D, bytes[index - 2] == 0x0A, bytes[index - 3] == 0x0D {
                return index + 1
            }
            index += 1
        }
        guard bytes.count < Self.headBytesMax else { throw Unreadable(reason: "a head without an end") }
        return nil
    }

    private static func status(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard bytes.count > 12, bytes[0] == UInt8(ascii: "H"), bytes[4] == UInt8(ascii: "/") else { return 0 }
        return (9..<12).reduce(0) { $0 * 10 + Int(bytes[$1]) - 48 }
    }

    private static func contentLength(_ head: Slice<UnsafeRawBufferPointer>) throws -> Int {
        var line = head.startIndex
        while line < head.endIndex {
            let end = head[line...].firstIndex(of: 0x0A) ?? head.endIndex
            if Self.line(head[line..<end], isNamed: "content-length:") {
                return head[line..<end].reduce(0) { sum, byte in
                    (48...57).contains(byte) ? sum * 10 + Int(byte) - 48 : sum
                }
            }
            if Self.line(head[line..<end], isNamed: "transfer-encoding:") {
                throw Unreadable(reason: "a chunked body")
            }
            line = end + 1
        }
        return 0
    }

    /// `name` in lower case; a letter of the line counts in both cases.
    private static func line(_ line: Slice<UnsafeRawBufferPointer>, isNamed name: StaticString) -> Bool {
        guard line.count >= name.utf8CodeUnitCount else { return false }
        for offset in 0..<name.utf8CodeUnitCount
        where line[line.startIndex + offset] | 0x20 != name.utf8Start[offset] | 0x20 { return false }
        return true
    }
}
