#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file of a test's directory.
public struct TestFile: Sendable {
    public let path: String

    public init(_ directory: String, _ name: String) { self.path = directory + "/" + name }

    public func read() -> [UInt8] {
        guard let file = fopen(self.path, "r") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        return bytes
    }

    public func write(_ bytes: [UInt8]) throws {
        guard let file = fopen(self.path, "w") else { throw self.fault }
        defer { fclose(file) }
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw self.fault }
    }

    private var fault: EventLogContractViolation {
        EventLogContractViolation(description: "cannot write '\(self.path)'")
    }

    public func remove() { unlink(self.path) }
}
