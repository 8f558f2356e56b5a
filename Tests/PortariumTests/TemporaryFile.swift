import Foundation

/// A file that is gone when the test is.
struct TemporaryFile {
    let path: String

    static func with<R>(
        _ contents: String, name: String = "portarium.yaml", _ body: (TemporaryFile) async throws -> R
    ) async throws -> R {
        let directory = FileManager.default.temporaryDirectory.appending(path: "portarium-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appending(path: name)
        try Data(contents.utf8).write(to: file)
        return try await body(TemporaryFile(path: file.path))
    }
}
