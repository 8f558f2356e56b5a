import EmbeddedEventLog
import EventLog
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A directory for one test, removed with everything in it.
func withDirectory<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(base)/portarium-log-XXXXXX".utf8CString)
    let path = template.withUnsafeMutableBufferPointer { buffer in
        mkdtemp(buffer.baseAddress!).map { String(cString: $0) }
    }
    let directory = try #require(path)
    defer { removeDirectory(directory) }
    return try await body(directory)
}

/// A fresh log in a directory of its own, closed and removed at the end.
func withLog<Value>(
    _ configure: (inout EmbeddedEventLogConfiguration) -> Void = { _ in },
    _ body: (EmbeddedEventLog) async throws -> Value
) async throws -> Value {
    try await withDirectory { directory in
        var configuration = EmbeddedEventLogConfiguration(directory: directory + "/log")
        configure(&configuration)
        let log = try EmbeddedEventLog(configuration: configuration)
        do {
            let value = try await body(log)
            await log.close()
            return value
        } catch {
            await log.close()
            throw error
        }
    }
}

private func removeDirectory(_ path: String) {
    guard let directory = opendir(path) else { return }
    defer {
        closedir(directory)
        rmdir(path)
    }
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name == "." || name == ".." { continue }
        let child = path + "/" + name
        if unlink(child) != 0 { removeDirectory(child) }
    }
}
