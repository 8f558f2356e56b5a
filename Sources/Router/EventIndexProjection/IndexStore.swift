import EventLog
import GRDB
import SQLiteFiles
import Synchronization

/// An open file of the index, with its connections. Replaced as a whole when the index is built anew.
final class IndexStore: Sendable {
    /// How far a partition is indexed.
    struct Progress: Sendable, Hashable {
        var id: Int64
        var next: Int64 = 0
        var last: IndexStep.Last?
        /// Whether the log was seen to have the last record where the index says.
        var isVerified = false
    }

    private struct State {
        /// Moves after the entries are there.
        var progress: [TopicPartition: Progress]
        /// Whether there may be runs that belong to no partition.
        var hasRemains = true
        /// No run of the partition ends at or before this offset.
        var pruned: [Int64: Int64] = [:]
        var isDamaged = false
    }

    /// Whether it was made now.
    let isNew: Bool
    let hasher: RecordHasher
    let writer: IndexConnection
    let reader: IndexConnection
    private let state: Mutex<State>

    /// Opens the file, or makes it. Blocks.
    /// - Parameter makeHasher: makes the hashes with the file's key.
    /// - Throws: ``IndexFault`` or what SQLite said where it cannot be used.
    init(
        directory: DataDirectory, logID: String, headers: [String], makeHasher: (RecordHasher.Key) -> RecordHasher
    ) throws {
        try directory.makeFile(ProjectionSchema.fileName)
        let path = directory.path + "/" + ProjectionSchema.fileName
        var options = GRDB.Configuration()
        options.busyMode = .timeout(5)
        options.label = "index.writer"
        options.foreignKeysEnabled = false
        let database = try DatabaseQueue(path: path, configuration: options)
        var isNew = false
        var key = RecordHasher.Key(first: 0, second: 0)
        var progress: [TopicPartition: Progress] = [:]
        try database.writeWithoutTransaction { database in
            try ProjectionSchema.configureWriter(database)
            isNew = try ProjectionSchema.prepare(database, logID: logID, headers: headers)
            key = try ProjectionSchema.key(database)
            progress = try Self.progress(database)
        }
        options.readonly = true
        options.label = "index.reader"
        self.isNew = isNew
        self.hasher = makeHasher(key)
        self.writer = IndexConnection(database)
        self.reader = IndexConnection(try DatabaseQueue(path: path, configuration: options))
        self.state = Mutex(State(progress: progress))
    }

    private static func progress(_ database: Database) throws -> [TopicPartition: Progress] {
        var progress: [TopicPartition: Progress] = [:]
        let select = """
            SELECT id, topic, number, next_offset, last_offset, last_fingerprint FROM progress WHERE topic IS NOT NULL
            """
        for row in try Row.fetchAll(database, sql: select) {
            let (id, topic, number, next): (Int64, String, Int32, Int64) = (row[0], row[1], row[2], row[3])
            let (offset, fingerprint): (Int64?, Int64?) = (row[4], row[5])
            let last = offset.flatMap { offset in
                fingerprint.map { IndexStep.Last(offset: offset, fingerprint: $0) }
            }
            progress[TopicPartition(Topic(topic), Partition(number))] = Progress(id: id, next: next, last: last)
        }
        return progress
    }

    /// How far each partition is indexed.
    var progress: [TopicPartition: Progress] { self.state.withLock { $0.progress } }

    /// Whether somebody found the file damaged.
    var isDamaged: Bool { self.state.withLock { $0.isDamaged } }

    /// Notes the damage that an error tells of.
    func judge(_ error: any Error) {
        if IndexFault(error) != nil { self.state.withLock { $0.isDamaged = true } }
    }

    /// The log has the last record of the partition where the index says.
    func verify(_ topicPartition: TopicPartition, _ id: Int64) {
        self.state.withLock { state in
            if state.progress[topicPartition]?.id == id { state.progress[topicPartition]?.isVerified = true }
        }
    }

    func close() async {
        await self.reader.close()
        await self.writer.close()
    }

    // MARK: Partitions

    /// Keeps these partitions and no others; those that are new begin at 0.
    func keep(_ partitions: [TopicPartition]) async throws {
        let present = self.progress
        let wanted = Set(partitions)
        let gone = present.filter { !wanted.contains($0.key) }
        let new = partitions.filter { present[$0] == nil }
        guard !gone.isEmpty || !new.isEmpty else { return }
        try await self.replace(gone, new)
    }

    /// Forgets what is indexed of a partition: its log is another one now. It begins at 0 again.
    func forget(_ topicPartition: TopicPartition, _ id: Int64) async throws {
        guard let progress = self.progress[topicPartition], progress.id == id else { return }
        try await self.replace([topicPartition: progress], [topicPartition])
    }

    private func replace(_ gone: [TopicPartition: Progress], _ new: [TopicPartition]) async throws {
        let ids = gone.values.map(\.id)
        let made = try await self.writing { session in
            for id in ids { try session.run("UPDATE progress SET topic = NULL WHERE id = ?", id) }
            var made: [TopicPartition: Progress] = [:]
            let insert = try session.statement("INSERT INTO progress (topic, number, next_offset) VALUES (?, ?, 0)")
            for topicPartition in new {
                insert.bind(topicPartition.topic.name, at: 1)
                insert.bind(Int64(topicPartition.partition.value), at: 2)
                try insert.run()
                made[topicPartition] = Progress(id: try session.lastID())
            }
            return made
        }
        self.state.withLock { state in
            for topicPartition in gone.keys { state.progress[topicPartition] = nil }
            for (topicPartition, progress) in made { state.progress[topicPartition] = progress }
            if !gone.isEmpty { state.hasRemains = true }
        }
    }

    // MARK: Runs

    /// Writes runs and how far they go in one transaction.
    func write(_ step: IndexStep) async throws {
        let written = try await self.writing { session in
            try step.stretches.filter { try session.write($0) }
        }
        self.state.withLock { state in
            for stretch in written where state.progress[stretch.topicPartition]?.id == stretch.progressID {
                state.progress[stretch.topicPartition]?.next = stretch.next
                state.progress[stretch.topicPartition]?.last = stretch.last
                state.progress[stretch.topicPartition]?.isVerified = true
            }
        }
    }

    /// Takes away one run that retention has passed, or that belongs to no partition; false where there is none.
    /// - Parameter starts: the first kept offset of each partition.
    func prune(_ starts: [TopicPartition: Int64]) async throws -> Bool {
        if self.state.withLock({ $0.hasRemains }) {
            if try await self.writing({ try $0.deleteRemains() }) { return true }
            self.state.withLock { $0.hasRemains = false }
        }
        for (topicPartition, start) in starts {
            guard let id = self.progress[topicPartition]?.id,
                self.state.withLock({ $0.pruned[id] ?? 0 }) < start
            else { continue }
            if try await self.writing({ try $0.deleteRun(of: id, before: start) }) { return true }
            self.state.withLock { $0.pruned[id] = start }
        }
        return false
    }

    /// Looks for entries in `[lower, upper)`, the newest runs first, until some are found or some runs were looked
    /// into; see ``IndexFinding``.
    func find(
        _ hash: IndexHash, in id: Int64, lower: Int64, upper: Int64, hitsMax: Int
    ) async throws -> IndexFinding {
        do {
            return try await self.reader.read { session in
                try session.find(hash, in: id, lower: lower, upper: upper, hitsMax: hitsMax)
            }
        } catch {
            self.judge(error)
            throw error
        }
    }

    private func writing<Value: Sendable>(
        _ body: @escaping @Sendable (IndexConnection.Session) throws -> Value
    ) async throws -> Value {
        do { return try await self.writer.write(body) } catch {
            self.judge(error)
            throw error
        }
    }
}
