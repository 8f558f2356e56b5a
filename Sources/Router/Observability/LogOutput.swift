import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Where log lines go. Each line is written whole and in one call, so that lines never mix.
public final class LogOutput: Sendable {
    /// The standard error stream, unbuffered.
    public static let standardError = LogOutput(fileDescriptor: STDERR_FILENO)

    private let lock = Mutex(())
    private let sink: @Sendable (UnsafeRawBufferPointer) -> Void

    /// An output that hands each line, its line feed included, to a closure, one at a time.
    public init(_ sink: @escaping @Sendable (UnsafeRawBufferPointer) -> Void) {
        self.sink = sink
    }

    /// An output into a file descriptor, which stays the caller's. A line that cannot be written is dropped: logging
    /// never stops the program.
    public convenience init(fileDescriptor: Int32) {
        self.init { Self.write($0, to: fileDescriptor) }
    }

    /// Writes one line, which ends with a line feed.
    func write(line: String) {
        var line = line
        line.withUTF8 { bytes in
            self.lock.withLock { _ in self.sink(UnsafeRawBufferPointer(bytes)) }
        }
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) {
        var rest = bytes
        while let base = rest.baseAddress, !rest.isEmpty {
            #if canImport(Darwin)
            let written = Darwin.write(descriptor, base, rest.count)
            #elseif canImport(Musl)
            let written = Musl.write(descriptor, base, rest.count)
            #else
            let written = Glibc.write(descriptor, base, rest.count)
            #endif
            if written >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            } else if errno == EAGAIN {
                // A pipe that somebody made non-blocking: wait a second at most for its reader.
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                guard poll(&ready, 1, 1_000) > 0 else { return }
            } else if errno != EINTR {
                return
            }
        }
    }
}
