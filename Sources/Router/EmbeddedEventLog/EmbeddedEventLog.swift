import EventLog
import GRDB
import Logging
import SQLiteFiles
import Synchronization

/// The log on SQLite: one process, one directory, no broker.
///
/// An append is durable when it returns: one writer puts everything that waits into one synced transaction. Fetches
/// run beside it on connections of their own. The log can be used as soon as it is made; its owner lets retention and
/// compaction work with ``sweep(now:)``, and adds an ``EmbeddedEventIndex`` where records are to be found by what is in
/// them.
public final class EmbeddedEventLog: EventLog {
    /// What it was made with.
    public let configuration: EmbeddedEventLogConfiguration

    let logger: Logger
    let table: SharedLogTable
    let writer: LogWriter
    let readers: LogReaderPool
    /// The connection of scans that take long, so that no fetch waits behind one.
    let scanner: LogReader
    /// Probes that the writer has not answered.
    let probesPending = Atomic<Int>(0)
    let directory: DataDirectory

    /// Opens the log in `configuration.directory`, and makes it where there is none. Blocks while it reads the files.
    /// - Throws: ``EventLogError`` `invalidConfiguration`; `unavailable` where the directory is in use by another
    ///   process, cannot be written, or holds something else; `corruptRecord` where the file is damaged.
    public init(
        configuration: EmbeddedEventLogConfiguration, observer: (any EmbeddedEventLogObserver)? = nil,
        logger: Logger = Logger(label: "portarium.log")
    ) throws(EventLogError) {
        try configuration.validate()
        self.configuration = configuration
        self.logger = logger
        self.directory = try DataDirectory(path: configuration.directory)
        self.table = SharedLogTable(recentBytesMax: configuration.recentBytesMax)
        do {
            try self.directory.makeFile(LogSchema.fileName)
            let path = configuration.directory + "/" + LogSchema.fileName
            let database = try Self.openWriter(path, configuration)
            let table = self.table
            let connection = try database.writeWithoutTransaction { try Self.load($0, into: table) }
            let copier = try CheckpointCopier(path: path, logger: logger)
            self.writer = LogWriter(database, connection, copier, table, configuration, observer)
            self.readers = try LogReaderPool(path: path, count: configuration.readers)
            self.scanner = try LogReader(path: path)
            try self.directory.synchronize()
        } catch {
            throw EventLogError(sqlite: error)
        }
    }

    private static func openWriter(
        _ path: String, _ configuration: EmbeddedEventLogConfiguration
    ) throws -> DatabaseQueue {
        var options = GRDB.Configuration()
        options.busyMode = .timeout(5)
        options.label = "log.writer"
        options.foreignKeysEnabled = false
        options.prepareDatabase { try $0.execute(sql: "PRAGMA page_size = \(LogSchema.pageBytes)") }
        let database = try DatabaseQueue(path: path, configuration: options)
        try database.writeWithoutTransaction {
            try LogSchema.configureWriter($0, configuration)
            try LogSchema.prepare($0)
        }
        return database
    }

    /// Takes nothing in any more, finishes what is queued, and closes the files. Calls made later, and fetches that
    /// wait, fail with `closed`. A second call waits for nothing and changes nothing.
    public func close() async {
        let (wasOpen, waiters) = self.table.withLock { table in (!table.isClosed, table.close()) }
        for waiter in waiters { waiter.wake() }
        guard wasOpen else { return }
        await self.writer.close()
        // Last, because they only read: the end of a connection that writes would move the write-ahead log into the
        // file, also where a sync has failed.
        await self.readers.close()
        await self.scanner.close()
        self.directory.release()
    }
}
