import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads a file or the standard input piece by piece, off the cooperative threads.
struct InputReader: Sendable {
    /// What a read came to.
    enum Piece: Sendable {
        case bytes([UInt8])
        /// Nothing came within the time.
        case idle
        case end
    }

    private static let pieceBytesMax = 262_144

    private let descriptor: Int32
    private let path: String
    /// The size of a file, nil for pipes and terminals, and for an empty file.
    let sizeBytes: Int64?

    /// Opens `path` (`-`: the standard input) for the time of `body`.
    /// - Throws: ``CommandFailure`` with ``ExitStatus/usage`` where it cannot be opened.
    static func with<R: Sendable>(_ path: String, _ body: (InputReader) async throws -> R) async throws -> R {
        let isInput = path == "-"
        let descriptor = isInput ? Terminal.current.inputDescriptor : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandFailure(.usage, "cannot read '\(path)': \(FileContents.reason())")
        }
        defer { if !isInput { close(descriptor) } }
        return try await body(
            InputReader(descriptor: descriptor, path: path, sizeBytes: Self.size(of: descriptor)))
    }

    /// What a file has in all; nil for what has no end that could be gone to.
    private static func size(of descriptor: Int32) -> Int64? {
        let place = lseek(descriptor, 0, SEEK_CUR)
        guard place >= 0 else { return nil }
        let end = lseek(descriptor, 0, SEEK_END)
        guard end > 0, lseek(descriptor, place, SEEK_SET) == place else { return nil }
        return Int64(end)
    }

    /// The next bytes. `waitMilliseconds` is how long at most to wait for them.
    func next(waitMilliseconds: Int32) async throws -> Piece {
        try await NIOThreadPool.singleton.runIfActive { [descriptor, path] in
            while true {
                var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                let ready = poll(&state, 1, waitMilliseconds)
                if ready == 0 { return .idle }
                if ready < 0, errno == EINTR { continue }
                var bytes = [UInt8](repeating: 0, count: Self.pieceBytesMax)
                let count = bytes.withUnsafeMutableBytes { FileContents.systemRead(descriptor, $0) }
                if count == 0 { return .end }
                if count < 0 {
                    if errno == EINTR || errno == EAGAIN { continue }
                    throw CommandFailure(.usage, "cannot read '\(path)': \(FileContents.reason())")
                }
                bytes.removeLast(bytes.count - count)
                return .bytes(bytes)
            }
        }
    }
}
