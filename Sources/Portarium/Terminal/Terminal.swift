import FoundationEssentials

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where a command reads and writes, and what it may know of its surroundings.
///
/// Tests put another one in ``current``.
struct Terminal: Sendable {
    /// The reader of the standard output has gone.
    struct OutputClosed: Error {}

    /// The terminal of the running command.
    @TaskLocal static var current = Terminal.standard

    /// The process's own.
    static let standard = Terminal(
        environment: ProcessInfo.processInfo.environment,
        inputDescriptor: STDIN_FILENO,
        isInputInteractive: isatty(STDIN_FILENO) == 1,
        isOutputInteractive: isatty(STDOUT_FILENO) == 1,
        isErrorInteractive: isatty(STDERR_FILENO) == 1,
        columns: Self.windowColumns(),
        writeOutput: { bytes throws(OutputClosed) in try Self.write(bytes, to: STDOUT_FILENO) },
        writeError: { bytes in try? Self.write(bytes, to: STDERR_FILENO) })

    var environment: [String: String]
    var inputDescriptor: Int32
    /// Whether someone types the standard input.
    var isInputInteractive: Bool
    /// Whether people look at the standard output.
    var isOutputInteractive: Bool
    /// Whether people look at the standard error.
    var isErrorInteractive: Bool
    /// The width of the window; nil where there is none.
    var columns: Int?
    var writeOutput: @Sendable ([UInt8]) throws(OutputClosed) -> Void
    var writeError: @Sendable ([UInt8]) -> Void

    /// A line on the standard output.
    func print(_ text: String) throws(OutputClosed) { try self.writeOutput(Array(text.utf8) + [UInt8(ascii: "\n")]) }

    /// A line on the standard error.
    func complain(_ text: String) { self.writeError(Array(text.utf8) + [UInt8(ascii: "\n")]) }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) throws(OutputClosed) {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { Self.systemWrite(descriptor, $0) }
            if count >= 0 {
                done += count
            } else if errno == EAGAIN {
                var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&state, 1, 1_000)
            } else if errno != EINTR {
                throw OutputClosed()
            }
        }
    }

    private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
        Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #else
        Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }

    private static func windowColumns() -> Int? {
        var size = winsize()
        guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return Int(size.ws_col)
    }
}
