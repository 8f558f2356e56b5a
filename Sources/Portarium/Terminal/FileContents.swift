#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Small files that a command needs as a whole.
enum FileContents {
    /// The bytes of a file, or of the standard input for `-`.
    /// - Throws: ``CommandFailure`` with ``ExitStatus/usage`` where it cannot be read or is larger than `bytesMax`.
    static func read(_ path: String, bytesMax: Int) throws -> [UInt8] {
        let isInput = path == "-"
        let descriptor = isInput ? Terminal.current.inputDescriptor : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CommandFailure(.usage, "cannot read '\(path)': \(self.reason())") }
        defer { if !isInput { close(descriptor) } }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = chunk.withUnsafeMutableBytes { systemRead(descriptor, $0) }
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw CommandFailure(.usage, "cannot read '\(path)': \(self.reason())")
            }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= bytesMax else {
                throw CommandFailure(.usage, "'\(path)' is larger than \(bytesMax) bytes")
            }
        }
    }

    /// What the operating system says about an error, the last failed call's unless another is named.
    static func reason(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }

    /// `read(2)`
    static func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        #elseif canImport(Musl)
        Musl.read(descriptor, buffer.baseAddress, buffer.count)
        #else
        Darwin.read(descriptor, buffer.baseAddress, buffer.count)
        #endif
    }
}
