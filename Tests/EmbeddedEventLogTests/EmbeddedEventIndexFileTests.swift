import EventLog
import GRDB
import NIOCore
import RouterTestKit
import Testing

@testable import EmbeddedEventLog

/// What becomes of the index's file: over lives of the process, under retention, and when something happens to it.
struct EmbeddedEventIndexFileTests {
    private static let built = "notice the index is built anew from the log:"

    /// Leaves a directory with a closed log of that many records, all indexed.
    private func fill(_ directory: String, records: Int, correlation: String = "c") async throws {
        try await withIndexedLog(in: directory) { subject in
            let topic = try await subject.createTopic("events")
            let end = try await subject.log.bounds(of: TopicPartition(topic, Partition(0))).end.value
            _ = try await subject.log.append(
                (0..<records).map { .event(topic, id: "\(Int(end) + $0)", correlation: correlation) })
            try await subject.index.catchUp()
        }
    }

    @Test func whatIsIndexedStaysIndexed() async throws {
        try await withDirectory { directory in
            try await self.fill(directory, records: 500)
            try await withIndexedLog(in: directory) { subject in
                #expect(subject.index.lag == 0)
                let found = try await subject.offsets("ce_id", "77", in: Topic("events"))
                #expect(found == [77])
                #expect(subject.lines.all.isEmpty)
            }
        }
    }

    @Test func whatWasAppendedWithoutTheIndexIsTakenUp() async throws {
        try await withDirectory { directory in
            try await self.fill(directory, records: 10)
            let log = try EmbeddedEventLog(configuration: EmbeddedEventLogConfiguration(directory: directory))
            _ = try await log.append([.event(Topic("events"), id: "later")])
            await log.close()
            try await withIndexedLog(in: directory) { subject in
                #expect(subject.index.lag == 1)
                #expect(try await subject.offsets("ce_id", "later", in: Topic("events")) == [10])
                try await subject.index.catchUp()
                #expect(subject.index.lag == 0)
                #expect(subject.lines.all.isEmpty)
            }
        }
    }

    @Test(arguments: ["missing", "empty", "noise", "foreign", "newer", "other log"])
    func aFileThatCannotBeUsedIsBuiltAnewAndThatIsSaidOnce(fault: String) async throws {
        try await withDirectory { directory in
            try await self.fill(directory, records: 300)
            let file = TestFile(directory, IndexSchema.fileName)
            switch fault {
            case "missing": file.remove()
            case "empty": try file.write([])
            case "noise": try file.write((0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            case "foreign":
                file.remove()
                try await DatabaseQueue(path: file.path).write { try $0.execute(sql: "CREATE TABLE a (b)") }
            case "newer":
                try await DatabaseQueue(path: file.path).write { try $0.execute(sql: "PRAGMA user_version = 99") }
            default:
                try await DatabaseQueue(path: file.path).write { database in
                    try database.execute(sql: "UPDATE meta SET value = 'x' WHERE key = 'log_id'")
                }
            }
            for life in 0..<2 {
                try await withIndexedLog(in: directory) { subject in
                    let topic = Topic("events")
                    #expect(subject.index.lag == (life == 0 ? 300 : 0))
                    #expect(try await subject.offsets("ce_id", "99", in: topic) == [99])
                    try await subject.index.catchUp()
                    #expect(subject.index.lag == 0)
                    #expect(try await subject.offsets("ce_id", "99", in: topic) == [99])
                    #expect(subject.lines.all.count == (life == 0 ? 1 : 0))
                    #expect(subject.lines.all.allSatisfy { $0.hasPrefix(Self.built) })
                }
            }
        }
    }

    @Test func damageThatShowsLaterHidesNothingAndIsMended() async throws {
        try await withDirectory { directory in
            try await self.fill(directory, records: 20_000)
            let file = TestFile(directory, IndexSchema.fileName)
            var bytes = file.read()
            // Everything but the first pages, with the schema.
            for index in 5 * 4_096..<bytes.count { bytes[index] = 0xA5 }
            try file.write(bytes)
            try await withIndexedLog(in: directory) { subject in
                let topic = Topic("events")
                #expect(subject.index.lag == 0)
                #expect(try await subject.offsets("ce_id", "123", in: topic) == [123])
                #expect(try await subject.offsets("ce_correlationid", "c", in: topic, limit: 2) == [19_999, 19_998])
                try await subject.index.catchUp()
                #expect(subject.index.lag == 0)
                #expect(try await subject.offsets("ce_id", "123", in: topic) == [123])
                #expect(subject.lines.all == [Self.built + " it is damaged"])
            }
            #expect(try file.count("entry") == 40_000)
        }
    }

    @Test func anIndexAheadOfItsLogIsBuiltAnew() async throws {
        try await withDirectory { directory in
            try await self.fill(directory, records: 100, correlation: "old")
            let files = ["", "-wal"].map { TestFile(directory, LogSchema.fileName + $0) }
            let copies = files.map { $0.read() }
            try await self.fill(directory, records: 100, correlation: "lost")
            for (file, copy) in zip(files, copies) { try file.write(copy) }
            TestFile(directory, LogSchema.fileName + "-shm").remove()
            try await withIndexedLog(in: directory) { subject in
                let topic = Topic("events")
                _ = try await subject.log.append((0..<50).map { .event(topic, id: "\($0)", correlation: "new") })
                try await subject.index.catchUp()
                #expect(try await subject.offsets("ce_correlationid", "lost", in: topic).isEmpty)
                #expect(try await subject.offsets("ce_correlationid", "new", in: topic).count == 50)
                #expect(subject.lines.all == [Self.built + " it is ahead of the log"])
            }
        }
    }

    @Test func otherHeadersMakeAnotherIndex() async throws {
        try await withDirectory { directory in
            try await self.fill(directory, records: 100)
            try await withIndexedLog(in: directory, configure: { $0.indexedHeaders = ["ce_source", "ce_id"] }) {
                subject in
                #expect(subject.index.lag == 100)
                try await subject.index.catchUp()
                #expect(try await subject.offsets("ce_source", "/test", in: Topic("events"), limit: 2) == [99, 98])
            }
        }
    }

    /// The files as a crash leaves them: copied while both are open, between two transactions.
    @Test func whatACrashLeavesIsContinued() async throws {
        try await withDirectory { directory in
            try await withDirectory { other in
                try await withIndexedLog(in: directory) { subject in
                    let topic = try await subject.createTopic("events")
                    _ = try await subject.log.append((0..<40_000).map { .event(topic, id: "\($0)") })
                    _ = await subject.index.work()
                    #expect(subject.index.lag == 40_000 - 16_384)
                    for name in [IndexSchema.fileName, LogSchema.fileName] {
                        for suffix in ["", "-wal"] {
                            try TestFile(other, name + suffix).write(TestFile(directory, name + suffix).read())
                        }
                    }
                }
                try await withIndexedLog(in: other) { subject in
                    #expect(subject.index.lag == 40_000 - 16_384)
                    try await subject.index.catchUp()
                    for id in [0, 16_383, 16_384, 39_999] {
                        #expect(try await subject.offsets("ce_id", "\(id)", in: Topic("events")) == [Int64(id)])
                    }
                    #expect(subject.lines.all.isEmpty)
                }
                #expect(try TestFile(other, IndexSchema.fileName).count("entry") == 40_000)
            }
        }
    }

    @Test func aLongBacklogIsTakenInBoundedSteps() async throws {
        try await withIndexedLog { subject in
            let topic = try await subject.createTopic("events", partitions: 2)
            for round in 0..<10 {
                _ = try await subject.log.append(
                    (0..<6_000).map { .event(topic, partition: Int32($0 % 2), id: "\(round * 6_000 + $0)") })
            }
            var lags = [subject.index.lag]
            while let lag = lags.last, lag > 0 {
                let rest = await subject.index.work()
                #expect(rest > .zero, "it leaves the machine to others after each step")
                lags.append(subject.index.lag)
            }
            #expect(lags == [60_000, 43_616, 27_232, 10_848, 0])
            #expect(try await subject.offsets("ce_id", "31", in: topic) == [15])
        }
    }

    @Test func nothingBeforeTheStartIsFoundAndItsEntriesGo() async throws {
        try await withDirectory { directory in
            try await withIndexedLog(in: directory) { subject in
                let topic = try await subject.createTopic("events", retentionAge: .seconds(10))
                for round in 0..<4 {
                    _ = try await subject.log.append(
                        (0..<10_000).map {
                            .event(topic, id: "\($0)", correlation: "r\(round)", at: Int64(round) * 20_000)
                        })
                }
                try await subject.index.catchUp()
                #expect(try await subject.offsets("ce_id", "5", in: topic) == [30_005, 20_005, 10_005, 5])
                try await subject.log.sweep(now: Timestamp(milliseconds: 60_000))
                #expect(try await subject.offsets("ce_id", "5", in: topic) == [30_005])
                #expect(try await subject.offsets("ce_correlationid", "r2", in: topic).isEmpty)
                try await subject.index.catchUp()
                #expect(try await subject.offsets("ce_id", "5", in: topic) == [30_005])
            }
            // The segment in which the partition starts is left.
            #expect(try TestFile(directory, IndexSchema.fileName).count("entry") == 2 * (40_000 - 16_384))
        }
    }

    @Test func aPartitionThatRetentionEmptiedCostsNothing() async throws {
        try await withIndexedLog { subject in
            let topic = try await subject.createTopic("events", retentionAge: .seconds(1))
            _ = try await subject.log.append((0..<100).map { .event(topic, id: "\($0)", at: 0) })
            try await subject.log.sweep(now: Timestamp(milliseconds: 100_000))
            #expect(subject.index.lag == 0)
            _ = try await subject.log.append([.event(topic, id: "new", at: 100_000)])
            #expect(subject.index.lag == 1)
            try await subject.index.catchUp()
            #expect(try await subject.offsets("ce_id", "new", in: topic) == [100])
        }
    }

    @Test func recordsThatCompactionTookAreNotFoundAndTheirEntriesGo() async throws {
        try await withDirectory { directory in
            for life in 0..<2 {
                try await withIndexedLog(in: directory) { subject in
                    let topic = try await subject.createTopic("portarium.dead-letters", isCompacted: true)
                    if life == 0 {
                        _ = try await subject.log.append((0..<50).map { .event(topic, id: "x", key: "k\($0 % 5)") })
                    }
                    try await subject.index.catchUp()
                    try await subject.log.sweep(now: Timestamp(milliseconds: 2_000))
                    #expect(try await subject.offsets("ce_id", "x", in: topic) == [49, 48, 47, 46, 45])
                }
            }
            #expect(try TestFile(directory, IndexSchema.fileName).count("entry") == 5)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func runIndexesByItselfAndEndsWhenItIsCancelled() async throws {
        try await withIndexedLog(configure: { $0.indexInterval = .milliseconds(1) }) { subject in
            let topic = try await subject.createTopic("events")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await subject.index.run() }
                _ = try await subject.log.append((0..<5_000).map { .event(topic, id: "\($0)") })
                while subject.index.lag > 0 { await Task.yield() }
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(try await subject.offsets("ce_id", "4999", in: topic) == [4_999])
        }
    }

    @Test func aClosedIndexSaysSo() async throws {
        try await withIndexedLog { subject in
            let topic = try await subject.createTopic("events")
            await subject.index.close()
            let error = await #expect(throws: EventLogError.self) {
                _ = try await subject.offsets("ce_id", "x", in: topic)
            }
            #expect(error?.code == .closed)
        }
    }
}
