import EventLog
import GRDB
import RouterTestKit
import Testing

@testable import EventIndexProjection

/// What becomes of the index's file: over lives of the process, under retention, and when something happens to it.
struct LogEventIndexFileTests {
    private static let built = "notice the index is built anew from the log:"
    private static let forgotten = "notice a partition is indexed anew: its records are not those that were indexed"
    private let topic = Topic("a")

    /// A log of that many records, all indexed in a directory.
    private func fill(_ directory: String, records: Int, correlation: String = "c") async throws -> InMemoryEventLog {
        let log = InMemoryEventLog()
        try await withProjection(in: directory, of: log) { projected in
            let topic = try await projected.subject.topic("a")
            try await projected.append(topic, 0..<records, correlation: correlation)
            try await projected.index.catchUp()
        }
        return log
    }

    @Test func whatIsIndexedStaysIndexed() async throws {
        try await withDirectory { directory in
            let log = try await self.fill(directory, records: 500)
            let reads = log.calls(of: .fetch)
            try await withProjection(in: directory, of: log) { projected in
                let ids = try await projected.subject.offsets("ce_id", "77", in: self.topic)
                let flow = try await projected.subject.offsets("ce_correlationid", "c", in: self.topic, limit: 2)
                #expect(ids == [77])
                #expect(flow == [499, 498])
                #expect(projected.lines.all.isEmpty)
            }
            #expect(log.calls(of: .fetch) == reads + 1, "only the last record is read, once, to know the log again")
        }
    }

    @Test func whatWasAppendedWithoutTheIndexIsTakenUp() async throws {
        try await withDirectory { directory in
            let log = try await self.fill(directory, records: 10)
            _ = try await log.append([.event(self.topic, id: "later")])
            try await withProjection(in: directory, of: log) { projected in
                #expect(try await projected.subject.offsets("ce_id", "later", in: self.topic) == [10])
                #expect(projected.index.lag == 1)
                try await projected.index.catchUp()
                #expect(projected.index.lag == 0)
                #expect(try await projected.subject.offsets("ce_id", "later", in: self.topic) == [10])
                #expect(projected.lines.all.isEmpty)
            }
        }
    }

    @Test(arguments: ["missing", "empty", "noise", "foreign", "newer", "other log", "other headers"])
    func aFileThatCannotBeUsedIsBuiltAnewAndThatIsSaidOnce(fault: String) async throws {
        try await withDirectory { directory in
            let log = try await self.fill(directory, records: 300)
            let file = TestFile(directory, "index.db")
            func execute(_ sql: String) async throws {
                try await DatabaseQueue(path: file.path).write { try $0.execute(sql: sql) }
            }
            switch fault {
            case "missing": file.remove()
            case "empty": try file.write([])
            case "noise": try file.write((0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            case "foreign":
                file.remove()
                try await execute("CREATE TABLE a (b)")
            case "newer": try await execute("PRAGMA user_version = 99")
            case "other log": try await execute("UPDATE meta SET value = 'x' WHERE key = 'log_id'")
            default: try await execute("UPDATE meta SET value = 'x' WHERE key = 'headers'")
            }
            for life in 0..<2 {
                try await withProjection(in: directory, of: log) { projected in
                    let subject = projected.subject
                    #expect(try await subject.offsets("ce_id", "99", in: self.topic) == [99])
                    try await projected.index.catchUp()
                    #expect(projected.index.lag == 0)
                    #expect(try await subject.offsets("ce_id", "99", in: self.topic) == [99])
                    #expect(projected.lines.all.count == (life == 0 ? 1 : 0))
                    #expect(projected.lines.all.allSatisfy { $0.hasPrefix(Self.built) })
                }
                #expect(try file.number("SELECT sum(entries) FROM run") == 600)
            }
        }
    }

    @Test func damageThatShowsLaterHidesNothingAndIsMended() async throws {
        try await withDirectory { directory in
            let log = try await self.fill(directory, records: 20_000)
            let file = TestFile(directory, "index.db")
            var bytes = file.read()
            // Everything but the first pages, with the schema.
            for index in 9 * 4_096..<bytes.count { bytes[index] = 0xA5 }
            try file.write(bytes)
            try await withProjection(in: directory, of: log) { projected in
                let subject = projected.subject
                #expect(try await subject.offsets("ce_id", "123", in: self.topic) == [123])
                #expect(
                    try await subject.offsets("ce_correlationid", "c", in: self.topic, limit: 2) == [19_999, 19_998])
                try await projected.index.catchUp()
                #expect(projected.index.lag == 0)
                #expect(try await subject.offsets("ce_id", "123", in: self.topic) == [123])
                #expect(projected.lines.all == [Self.built + " it is damaged"])
            }
            #expect(try file.number("SELECT sum(entries) FROM run") == 40_000)
        }
    }

    /// The file as a crash leaves it: copied while it is open, between two transactions.
    @Test func whatACrashLeavesIsContinued() async throws {
        try await withDirectory { directory in
            try await withDirectory { other in
                let log = InMemoryEventLog()
                try await withProjection(in: directory, of: log) { projected in
                    let topic = try await projected.subject.topic("a")
                    try await projected.append(topic, 0..<40_000)
                    _ = await projected.index.work()
                    #expect(projected.index.lag == 40_000 - 16_384)
                    for suffix in ["", "-wal"] {
                        try TestFile(other, "index.db" + suffix).write(TestFile(directory, "index.db" + suffix).read())
                    }
                }
                try await withProjection(in: other, of: log) { projected in
                    for id in [0, 16_383, 16_384, 39_999] {
                        #expect(try await projected.subject.offsets("ce_id", "\(id)", in: self.topic) == [Int64(id)])
                    }
                    #expect(projected.index.lag == 40_000 - 16_384)
                    try await projected.index.catchUp()
                    for id in [0, 16_383, 16_384, 39_999] {
                        #expect(try await projected.subject.offsets("ce_id", "\(id)", in: self.topic) == [Int64(id)])
                    }
                    #expect(projected.lines.all.isEmpty)
                }
                #expect(try TestFile(other, "index.db").number("SELECT sum(entries) FROM run") == 40_000)
            }
        }
    }

    @Test func whatRetentionTookLeavesTheFileInSmallSteps() async throws {
        try await withDirectory { directory in
            let log = InMemoryEventLog()
            try await withProjection(in: directory, of: log, configure: { $0.interval = .milliseconds(1) }) {
                projected in
                let topic = try await projected.subject.topic("a", retentionAge: .seconds(10))
                for round in 0..<4 {
                    _ = try await log.append(
                        (0..<16_384).map { .event(topic, id: "\($0)", at: Int64(round) * 20_000) })
                    try await projected.index.catchUp()
                }
                log.sweep(now: Timestamp(milliseconds: 60_000))
                #expect(try await projected.subject.offsets("ce_id", "5", in: topic) == [3 * 16_384 + 5])
                // A run has up to 32,768 entries, so the third round shares one with the fourth.
                _ = await projected.index.work()
                #expect(try await projected.subject.offsets("ce_id", "5", in: topic) == [3 * 16_384 + 5])
                log.sweep(now: Timestamp(milliseconds: 600_000))
                try await projected.index.catchUp()
                #expect(try await projected.subject.offsets("ce_id", "5", in: topic).isEmpty)
            }
            let file = TestFile(directory, "index.db")
            #expect(try file.number("SELECT count(*) FROM run") == 0)
            #expect(try file.number("SELECT count(*) FROM block") == 0)
        }
    }

    /// A topic of the same name is another log: nothing of the first is found, and all of the second is.
    @Test(arguments: [30, 100, 400], [true, false])
    func aTopicThatWasMadeAnewIsIndexedAnew(records: Int, isOpen: Bool) async throws {
        try await withDirectory { directory in
            let log = try await self.fill(directory, records: 100, correlation: "old")
            func replace() async throws {
                log.deleteTopic(self.topic)
                try await log.createTopic(TopicSpecification(topic: self.topic, partitions: 1))
                _ = try await log.append(
                    (0..<records).map { .event(self.topic, id: "\($0)", correlation: "new", at: 5_000) })
            }
            if !isOpen { try await replace() }
            try await withProjection(in: directory, of: log) { projected in
                let subject = projected.subject
                if isOpen {
                    #expect(try await subject.offsets("ce_id", "20", in: self.topic) == [20])
                    try await replace()
                    // Where it is longer than before, that shows when it is read on.
                    if records > 100 { try await projected.index.catchUp() }
                }
                if !isOpen || records != 100 {
                    #expect(try await subject.offsets("ce_correlationid", "old", in: self.topic).isEmpty)
                }
                _ = try await log.append([.event(self.topic, id: "next", correlation: "new")])
                try await projected.index.catchUp()
                #expect(projected.index.lag == 0)
                #expect(try await subject.offsets("ce_correlationid", "old", in: self.topic).isEmpty)
                let found = try await subject.offsets("ce_correlationid", "new", in: self.topic, limit: 1_000)
                #expect(found.count == records + 1)
                #expect(projected.lines.all == [Self.forgotten])
            }
            let file = TestFile(directory, "index.db")
            #expect(try file.number("SELECT sum(entries) FROM run") == 2 * (records + 1))
            #expect(try file.number("SELECT count(*) FROM progress") == 1)
        }
    }

    @Test func aTopicThatWasDeletedIsForgotten() async throws {
        try await withDirectory { directory in
            let log = try await self.fill(directory, records: 100)
            log.deleteTopic(self.topic)
            try await withProjection(in: directory, of: log) { projected in
                try await projected.index.catchUp()
                #expect(projected.index.lag == 0)
            }
            #expect(try TestFile(directory, "index.db").number("SELECT count(*) FROM run") == 0)
            #expect(try TestFile(directory, "index.db").number("SELECT count(*) FROM progress") == 0)
        }
    }

    @Test func oneDirectoryIsForOneProcess() async throws {
        try await withDirectory { directory in
            let log = InMemoryEventLog()
            try await withProjection(in: directory, of: log) { _ in
                let error = #expect(throws: EventLogError.self) { _ = try ProjectedLog(directory, log) }
                #expect(error?.code == .unavailable)
            }
            try await withProjection(in: directory, of: log) { _ in }
        }
    }
}
