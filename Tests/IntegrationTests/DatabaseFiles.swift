import Foundation
import GRDB

/// The SQLite files below a data directory.
enum DatabaseFiles {
    /// What `PRAGMA integrity_check` says about each file; `ok` where it is sound.
    static func integrity(in directory: URL) throws -> [String: String] {
        var verdicts: [String: String] = [:]
        for file in try self.files(in: directory) {
            let queue = try DatabaseQueue(path: file.path)
            let lines = try queue.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }
            try queue.close()
            verdicts[file.lastPathComponent] = lines.joined(separator: "; ")
        }
        return verdicts
    }

    private static func files(in directory: URL) throws -> [URL] {
        let magic = Array("SQLite format 3\u{0}".utf8)
        let paths = FileManager.default.enumerator(atPath: directory.path)?.compactMap { $0 as? String } ?? []
        return try paths.map { directory.appendingPathComponent($0) }.filter { file in
            var isDirectory: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: file.path, isDirectory: &isDirectory)
            guard exists, !isDirectory.boolValue else { return false }
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            return try handle.read(upToCount: magic.count).map(Array.init) == magic
        }
    }
}
