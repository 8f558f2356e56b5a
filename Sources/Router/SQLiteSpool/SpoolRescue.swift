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

    static func open(_ directory: DataDirectory, _ pagesMax: Int64?) throws -> Opened {
        var rescued: [Int64: ByteBuffer] = [:]
        do {
            let opened = try Self.openOnce(directory, pagesMax)
            guard try !Self.isWhole(opened, &rescued) else { return opened }
            try? opened.database.close()
        } catch  where EventLogError(spool: error).code == .corruptRecord {
            rescued = [:]
        }
        let name = try Self.putAside(directory)
        var opened = try Self.openOnce(directory, pagesMax)
        try opened.database.writeWithoutTransaction { _ in
            try opened.file.begin()
            for (number, bytes) in rescued { try opened.file.append(number, bytes) }
            try opened.file.end()
        }
        opened.damage =
            "the spool's file is damaged: it is kept as \(directory.path)/\(name), and \(rescued.count) deliveries "
            + "were taken over from it"
        return opened
    }

    private static func openOnce(_ directory: DataDirectory, _ pagesMax: Int64?) throws -> Opened {
        try directory.makeFile(SpoolFile.name)
        var options = GRDB.Configuration()
        options.busyMode = .timeout(5)
        options.label = "spool"
        options.foreignKeysEnabled = false
        let database = try DatabaseQueue(path: directory.path + "/" + SpoolFile.name, configuration: options)
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
        directory.removeDatabase(SpoolFile.name)
        return name
    }
}
