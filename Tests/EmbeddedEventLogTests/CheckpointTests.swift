import CloudEvents
import EventLog
import Foundation
import GRDB
import Logging
import NIOCore
import RouterTestKit
import Testing

@testable import EmbeddedEventLog

/// How the write-ahead log gets into the file.
@Suite struct CheckpointTests {
    private static let topic = Topic("test.events")
    private static let count = 3_000

    @Test func pagesAreCopiedOnceThereAreEnough() {
        var plan = CheckpointPlan(pagesEach: 100)
        // One copy at a time.
        #expect(Self.steps(&plan, 99, 100, 101) == [.goOn, .copy, .goOn])
        #expect(!Self.takesRest(&plan))
        plan.copyEnded()
        #expect(Self.steps(&plan, 120) == [.goOn])
        #expect(Self.takesRest(&plan))
        #expect(!Self.takesRest(&plan), "told once")
    }

    @Test func appendsWaitForACopyThatDoesNotKeepUp() {
        var plan = CheckpointPlan(pagesEach: 100)
        #expect(Self.steps(&plan, 100, 199, 200) == [.copy, .goOn, .awaitCopy])
    }

    /// SQLite damages the file where a checkpoint begins on a write-ahead log that the next commit begins anew.
    @Test func noCopyBeginsBeforeACommitBehindTheRest() {
        var plan = CheckpointPlan(pagesEach: 100)
        #expect(Self.steps(&plan, 100, 199) == [.copy, .goOn])
        plan.copyEnded()
        // Transactions that failed leave the pages as they are.
        #expect(Self.steps(&plan, 199, 199) == [.goOn, .goOn])
        #expect(Self.takesRest(&plan))
        #expect(Self.steps(&plan, 199, 199) == [.goOn, .goOn])
    }

    @Test func afterASyncThatFailedNothingIsMovedAnyMore() {
        var plan = CheckpointPlan(pagesEach: 100)
        #expect(Self.steps(&plan, 100) == [.copy])
        plan.halt()
        plan.copyEnded()
        #expect(!Self.takesRest(&plan))
        #expect(Self.steps(&plan, 1_000, 2, 200) == [.goOn, .goOn, .goOn])
    }

    /// SQLITE_OK, BUSY, BUSY_RECOVERY; FULL, IOERR_WRITE; IOERR_FSYNC, IOERR_DIR_FSYNC.
    @Test func onlyASyncThatFailedCannotBeTriedAgain() {
        let codes: [Int32] = [0, 5, 261, 13, 778, 1_034, 1_290]
        let outcomes: [CheckpointCopier.Outcome] = [.moved, .moved, .moved, .refused, .refused, .unsynced, .unsynced]
        #expect(codes.map { CheckpointCopier.outcome($0) } == outcomes)
    }

    @Test func theCopierMovesWhatAnotherConnectionWrote() async throws {
        try await withDirectory { directory in
            let path = directory + "/a.db"
            let writer = try DatabaseQueue(path: path)
            try await writer.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0")
                try database.execute(sql: "CREATE TABLE t (value BLOB)")
                for _ in 0..<100 { try database.execute(sql: "INSERT INTO t VALUES (randomblob(10000))") }
            }
            #expect(Self.size(path) < 100_000)
            let copier = try CheckpointCopier(path: path, logger: Logger(label: "test"))
            let outcome = await withCheckedContinuation { continuation in
                copier.copy { continuation.resume(returning: $0) }
            }
            #expect(outcome == .moved)
            #expect(Self.size(path) > 1_000_000)
            await copier.close()
        }
    }

    @Test func whereAReaderWasInTheWayTheNextCheckpointComesSoon() {
        var plan = Self.planAfterACheckpoint(at: 130)
        #expect(Self.steps(&plan, 130, 131) == [.goOn, .copy])
    }

    @Test func whereTheWriteAheadLogBeganAnewItsPagesCountFromNothing() {
        var plan = Self.planAfterACheckpoint(at: 130)
        #expect(Self.steps(&plan, 2, 99, 100) == [.goOn, .goOn, .copy])
    }

    private static func planAfterACheckpoint(at pages: Int) -> CheckpointPlan {
        var plan = CheckpointPlan(pagesEach: 100)
        #expect(Self.steps(&plan, 100, pages) == [.copy, .goOn])
        plan.copyEnded()
        #expect(Self.takesRest(&plan))
        return plan
    }

    private static func steps(_ plan: inout CheckpointPlan, _ pages: Int...) -> [CheckpointPlan.Step] {
        pages.map { plan.committed(pages: $0) }
    }

    private static func takesRest(_ plan: inout CheckpointPlan) -> Bool { plan.takeRest() }

    @Test(.timeLimit(.minutes(1)), arguments: [0, 3])
    func theWriteAheadLogStaysSmallWhileEverythingIsKept(readers: Int) async throws {
        try await withDirectory { directory in
            var configuration = EmbeddedEventLogConfiguration(directory: directory + "/log")
            configuration.checkpointPages = 100
            configuration.recentBytesMax = 0
            let log = try EmbeddedEventLog(configuration: configuration)
            try await log.createTopic(TopicSpecification(topic: Self.topic, partitions: 1))
            let greatest = try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<readers { group.addTask { try await Self.readOn(log) } }
                defer { group.cancelAll() }
                return try await Self.fill(log, directory + "/log")
            }
            // A copy begins after 100 pages, and appends wait for it at 200.
            #expect(greatest > 100 * LogSchema.pageBytes)
            #expect(greatest < (readers == 0 ? 250 : 900) * LogSchema.pageBytes)
            #expect(Self.size(directory + "/log/log.db") > Self.count * 1_000 / 2, "before it is closed")
            await log.close()
            let again = try EmbeddedEventLog(configuration: configuration)
            let values = try await Self.readAll(again)
            #expect(values == (0..<Self.count).map { Self.record($0).record.value })
            await again.close()
        }
    }

    /// Appends everything; gives the greatest size of the write-ahead log.
    private static func fill(_ log: EmbeddedEventLog, _ directory: String) async throws -> Int {
        var greatest = 0
        for first in stride(from: 0, to: Self.count, by: 10) {
            _ = try await log.append((first..<first + 10).map(Self.record))
            greatest = max(greatest, Self.size(directory + "/log.db-wal"))
        }
        return greatest
    }

    /// Reads everything again and again, with a moment in between.
    private static func readOn(_ log: EmbeddedEventLog) async throws {
        while !Task.isCancelled {
            _ = try await Self.readAll(log)
            try? await Task.sleep(for: .milliseconds(2))
        }
    }

    private static func readAll(_ log: EmbeddedEventLog) async throws -> [ByteBuffer?] {
        try await log.fetch(
            TopicPartition(Self.topic, Partition(0)), from: .zero, maxRecords: Self.count + 1, maxBytes: 64 << 20,
            waitMax: .zero
        ).records.map(\.record.value)
    }

    private static func record(_ number: Int) -> ProducerRecord {
        var value = ByteBuffer(integer: Int64(number))
        value.writeRepeatingByte(7, count: 1_000)
        return ProducerRecord(
            topic: Self.topic, record: LogRecord(key: nil, value: value, timestamp: Timestamp(milliseconds: 1)))
    }

    private static func size(_ path: String) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int).flatMap { $0 } ?? 0
    }
}
