import EventLog
import FoundationEssentials
import GRDB
import NIOCore
import SQLiteFiles

/// Opens the file of a spool. One that is damaged is put aside under another name, and what can be read of it goes into
/// a new one.
enum SpoolRescue {
    struct Opened {
        var database: DatabaseQueue
        var file: SpoolFile
        var damage: String?
    }

    /// The new file while it is filled. It is whole when the damaged one has gone from its place.
    private static let newName = SpoolFile.name + ".new"

    static func open(_ directory: DataDirectory, _ pagesMax: Int64?) throws -> Opened {
        try Self.finish(directory)
        var rescued: [Int64: ByteBuffer] = [:]
        do {
            let damaged: DatabaseQueue
            do {
                let opened = try Self.openOnce(directory, SpoolFile.name, pagesMax)
                guard try !Self.isWhole(opened, &rescued) else { return opened }
                damaged = opened.database
            }
            // Its statements are gone by now, as closing needs it. What cannot be closed goes aside all the same.
            try? damaged.close()
        } catch  where EventLogError(spool: error).code == .corruptRecord {
            rescued = [:]
        }
        // A crash at any step leaves the damaged file in its place, or a whole new one to be put there.
        try Self.fill(directory, pagesMax, rescued).close()
        try directory.synchronize()
        let name = try Self.putAside(directory)
        try Self.finish(directory)
        var opened = try Self.openOnce(directory, SpoolFile.name, pagesMax)
        opened.damage =
            "the spool's file is damaged: it is kept as \(directory.path)/\(name), and \(rescued.count) deliveries "
            + "were taken over from it"
        return opened
    }

    /// Makes the new file; to be closed once its statements are gone.
    private static func fill(
        _ directory: DataDirectory, _ pagesMax: Int64?, _ rescued: [Int64: ByteBuffer]
    ) throws -> DatabaseQueue {
        let new = try Self.openOnce(directory, Self.newName, pagesMax)
        try new.database.writeWithoutTransaction { _ in
            try new.file.begin()
            for (number, bytes) in rescued { try new.file.append(number, bytes) }
            try new.file.end()
        }
        return new.database
    }

    /// Ends what a crash may have left half done: a new file takes the place of one that is aside already; one beside
    /// its predecessor was not finished.
    private static func finish(_ directory: DataDirectory) throws {
        let files = FileManager.default
        let (path, newPath) = (directory.path + "/" + SpoolFile.name, directory.path + "/" + Self.newName)
        guard files.fileExists(atPath: newPath) else { return }
        if files.fileExists(atPath: path) { return directory.removeDatabase(Self.newName) }
        directory.removeDatabase(SpoolFile.name)
        try files.moveItem(atPath: newPath, toPath: path)
        try directory.synchronize()
    }

    private static func openOnce(
        _ directory: DataDirectory, _ name: String, _ pagesMax: Int64?
    ) throws -> Opened {
        try directory.makeFile(name)
        var options = GRDB.Configuration()
        options.busyMode = .timeout(5)
        options.label = "spool"
        options.foreignKeysEnabled = false
        let database = try DatabaseQueue(path: directory.path + "/" + name, configuration: options)
        let file = try database.writeWithoutTransaction { try SpoolFile($0, pagesMax: pagesMax) }
        return Opened(database: database, file: file, damage: nil)
    }

    /// Whether all rows can be reached; where not, those that can be from either end.
    private static func isWhole(_ opened: Opened, _ rescued: inout [Int64: ByteBuffer]) throws -> Bool {
        try opened.database.writeWithoutTransaction { _ in
            do {
                _ = try opened.file.readAll { _, _ in }
                return true
            } catch  where EventLogError(spool: error).code == .corruptRecord {
                for isAscending in [true, false] {
                    _ = try? opened.file.readAll(isAscending: isAscending) { rescued[$0] = $1 }
                }
                return false
            }
        }
    }

    private static func putAside(_ directory: DataDirectory) throws -> String {
        let name = "\(SpoolFile.name).damaged-\(Int64(Date().timeIntervalSince1970 * 1_000))"
        let files = FileManager.default
        for suffix in ["", "-wal"] {
            let path = directory.path + "/" + SpoolFile.name + suffix
            if files.fileExists(atPath: path) {
                try files.moveItem(atPath: path, toPath: directory.path + "/\(name)\(suffix)")
            }
        }
        return name
    }
}
