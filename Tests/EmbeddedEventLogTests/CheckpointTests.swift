import CloudEvents
import EventLog
import Foundation
import NIOCore
import RouterTestKit
import Testing

@testable import EmbeddedEventLog

/// How the write-ahead log gets into the file.
@Suite struct CheckpointTests {
    private static let topic = Topic("test.events")

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
        #expect(Self.steps(&plan, 100, 399, 400) == [.copy, .goOn, .awaitCopy])
    }

    @Test func whatAReaderKeepsIsTriedAgainAfterAsManyPagesMore() {
        var plan = Self.planAfterACheckpoint(of: 130)
        #expect(Self.steps(&plan, 229, 230) == [.goOn, .copy])
    }

    @Test func whereTheWriteAheadLogBeganAnewItsPagesCountFromNothing() {
        var plan = Self.planAfterACheckpoint(of: 130)
        #expect(Self.steps(&plan, 2, 99, 100) == [.goOn, .goOn, .copy])
    }

    private static func planAfterACheckpoint(of pages: Int) -> CheckpointPlan {
        var plan = CheckpointPlan(pagesEach: 100)
        #expect(Self.steps(&plan, 100) == [.copy])
        plan.copyEnded()
        #expect(Self.takesRest(&plan))
        plan.restMoved(pages: pages)
        return plan
    }

    private static func steps(_ plan: inout CheckpointPlan, _ pages: Int...) -> [CheckpointPlan.Step] {
        pages.map { plan.committed(pages: $0) }
    }

    private static func takesRest(_ plan: inout CheckpointPlan) -> Bool { plan.takeRest() }

    @Test(.timeLimit(.minutes(1))) func theWriteAheadLogStaysSmallWhileEverythingIsKept() async throws {
        try await withDirectory { directory in
            var configuration = EmbeddedEventLogConfiguration(directory: directory + "/log")
            configuration.checkpointPages = 100
            let count = 3_000
            do {
                let log = try EmbeddedEventLog(configuration: configuration)
                try await log.createTopic(TopicSpecification(topic: Self.topic, partitions: 1))
                var greatest = 0
                for first in stride(from: 0, to: count, by: 10) {
                    _ = try await log.append((first..<first + 10).map(Self.record))
                    greatest = max(greatest, Self.size(directory + "/log/log.db-wal"))
                }
                // A copy begins after 100 pages, and appends wait for it at 400.
                #expect(greatest < 450 * LogSchema.pageBytes)
                #expect(greatest > 100 * LogSchema.pageBytes)
                #expect(Self.size(directory + "/log/log.db") > count * 1_000 / 2, "before it is closed")
                await log.close()
            }
            let log = try EmbeddedEventLog(configuration: configuration)
            let batch = try await log.fetch(
                TopicPartition(Self.topic, Partition(0)), from: .zero, maxRecords: count + 1, maxBytes: 64 << 20,
                waitMax: .zero)
            #expect(batch.records.map(\.record.value) == (0..<count).map { Self.record($0).record.value })
            await log.close()
        }
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
