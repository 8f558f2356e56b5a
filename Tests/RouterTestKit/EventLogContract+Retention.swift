import EventLog
import NIOCore

extension EventLogContract {
    static let retentionChecks = [
        Check("records past their age go, oldest first", Self.oldRecordsGo),
        Check("a partition keeps its bytes limit", Self.bytesLimitIsKept),
        Check("a partition that lost everything goes on at its end", Self.emptiedPartitionGoesOn),
        Check("a topic without retention keeps everything", Self.nothingGoesWithoutRetention),
    ]

    static let compactionChecks = [
        Check("compaction keeps the last record of each key", Self.lastOfEachKeyStays),
        Check("a tombstone hides its key, and goes later", Self.tombstonesGo),
        Check("a fetch passes the gaps of compaction", Self.fetchPassesGaps),
        Check("compaction goes on over sweeps and new records", Self.compactionGoesOn),
    ]

    private static func oldRecordsGo(_ subject: EventLogContractSubject) async throws {
        guard let sweep = subject.sweep else { return }
        let topic = try await subject.topic("age", retentionAge: .seconds(10))
        let topicPartition = TopicPartition(topic, Partition(0))
        // The record at offset 3 is old too, but lies behind one that is not.
        _ = try await subject.log.append([1_000, 2_000, 15_000, 3_000, 20_000].map { .sample(topic, at: $0) })
        try await sweep(Timestamp(milliseconds: 10_000))
        try require(try await subject.log.bounds(of: topicPartition).start == .zero, "nothing is too old at first")
        try await sweep(Timestamp(milliseconds: 20_000))
        let bounds = try await subject.log.bounds(of: topicPartition)
        try require(bounds == OffsetBounds(start: Offset(2), end: Offset(5)), "the first two went: \(bounds)")
        for offset in [Int64(0), 1] {
            let error = try await requireError(.offsetOutOfRange) {
                _ = try await subject.log.fetch(
                    topicPartition, from: Offset(offset), maxRecords: 1, maxBytes: 100, waitMax: .zero)
            }
            try require(error.bounds == bounds, "a read before the start is told the bounds")
        }
        let read = try await subject.readAll(topicPartition, from: Offset(2))
        try require(read.map(\.offset.value) == [2, 3, 4], "the rest is there")
        let time = try await subject.log.offset(of: topicPartition, at: Timestamp(milliseconds: 0))
        try require(time == Offset(2), "a time before all finds the first that is kept")
    }

    private static func bytesLimitIsKept(_ subject: EventLogContractSubject) async throws {
        guard let sweep = subject.sweep else { return }
        let topic = try await subject.topic("size", partitions: 2, retentionBytesMax: 100_000)
        let value = String(repeating: "x", count: 100)
        _ = try await subject.log.append((0..<3_000).map { _ in .sample(topic, partition: 0, value: value) })
        _ = try await subject.log.append((0..<1_000).map { _ in .sample(topic, partition: 1, value: value) })
        try await sweep(Timestamp(milliseconds: 1_000))
        let large = try await subject.log.bounds(of: TopicPartition(topic, Partition(0)))
        try require(large == OffsetBounds(start: Offset(2_000), end: Offset(3_000)), "1,000 records fit: \(large)")
        let small = try await subject.log.bounds(of: TopicPartition(topic, Partition(1)))
        try require(small == OffsetBounds(start: .zero, end: Offset(1_000)), "each partition has the limit for itself")
        let read = try await subject.readAll(TopicPartition(topic, Partition(0)), from: Offset(2_000))
        try require(read.count == 1_000, "what is kept can be read")
        try await sweep(Timestamp(milliseconds: 1_000))
        let again = try await subject.log.bounds(of: TopicPartition(topic, Partition(0)))
        try require(again == large, "a second sweep finds nothing to do")
    }

    private static func emptiedPartitionGoesOn(_ subject: EventLogContractSubject) async throws {
        guard let sweep = subject.sweep else { return }
        let topic = try await subject.topic("emptied", retentionAge: .seconds(1))
        let topicPartition = TopicPartition(topic, Partition(0))
        _ = try await subject.log.append((0..<5).map { _ in .sample(topic, at: 1_000) })
        try await sweep(Timestamp(milliseconds: 100_000))
        var bounds = try await subject.log.bounds(of: topicPartition)
        try require(bounds == OffsetBounds(start: Offset(5), end: Offset(5)), "it is empty at its end: \(bounds)")
        var log = subject.log
        if let reopen = subject.reopen { log = try await reopen() }
        bounds = try await log.bounds(of: topicPartition)
        try require(bounds == OffsetBounds(start: Offset(5), end: Offset(5)), "also when opened again: \(bounds)")
        let positions = try await log.append([.sample(topic, at: 100_000)])
        try require(positions.first?.offset == Offset(5), "offsets are never used again")
        let read = try await subject.readAll(topicPartition, from: Offset(5), in: log)
        try require(read.map(\.offset.value) == [5], "and the record is there")
    }

    private static func nothingGoesWithoutRetention(_ subject: EventLogContractSubject) async throws {
        guard let sweep = subject.sweep else { return }
        let topic = try await subject.topic("for-ever")
        _ = try await subject.log.append((0..<1_100).map { .sample(topic, key: "k\($0 % 3)", at: 0) })
        try await sweep(Timestamp(milliseconds: 4_000_000_000_000))
        let read = try await subject.readAll(TopicPartition(topic, Partition(0)))
        try require(read.count == 1_100, "all records stay")
    }

    private static func lastOfEachKeyStays(_ subject: EventLogContractSubject) async throws {
        guard let sweep = subject.sweep else { return }
        let topic = try await subject.topic("compact", isCompacted: true)
        let topicPartition = TopicPartition(topic, Partition(0))
        _ = try await subject.log.append((0..<2_500).map { .sample(topic, key: "k\($0 % 7)", value: "v\($0)") })
        try await sweep(Timestamp(milliseconds: 2_000))
        let read = try await subject.readAll(topicPartition)
        try require(read.map(\.offset.value) == Array(2_493..<2_500), "the last seven stay: \(read.map(\.offset))")
        try require(read.map(\.record.text) == (2_493..<2_500).map { "v\($0)" }, "with their values, where they were")
        let bounds = try await subject.log.bounds(of: topicPartition)
        try require(bounds.end == Offset(2_500), "the end does not move")
    }

    private static func tombstonesGo(_ subject: EventLogContractSubject) async throws {
        guard let sweep = subject.sweep else { return }
        let topic = try await subject.topic("tombstone", isCompacted: true)
        let topicPartition = TopicPartition(topic, Partition(0))
        let day: Int64 = 86_400_000
        _ = try await subject.log.append([
            .sample(topic, key: "a", value: "1", at: day), .sample(topic, key: "b", value: "2", at: day),
            .sample(topic, key: "a", value: nil, at: day), .sample(topic, key: "c", value: "", at: day),
        ])
        try await sweep(Timestamp(milliseconds: day + 1_000))
        var read = try await subject.readAll(topicPartition)
        try require(read.map(\.record.keyText) == ["b", "a", "c"], "the tombstone stays for a while")
        try await sweep(Timestamp(milliseconds: 40 * day))
        read = try await subject.readAll(topicPartition)
        try require(read.map(\.record.keyText) == ["b", "c"], "then it goes; an empty value is no tombstone")
        _ = try await subject.log.append([.sample(topic, key: "a", value: "3", at: 40 * day)])
        read = try await subject.readAll(topicPartition)
        try require(read.last?.offset == Offset(4), "a key may come back")
    }

    private static func fetchPassesGaps(_ subject: EventLogContractSubject) async throws {
        guard let sweep = subject.sweep else { return }
        let topic = try await subject.topic("gaps", isCompacted: true)
        let topicPartition = TopicPartition(topic, Partition(0))
        let keys = ["a", "x", "x", "x", "b", "x", "x", "gone", "gone"]
        _ = try await subject.log.append(
            keys.enumerated().map { .sample(topic, key: $1, value: $0 == 8 ? nil : "v", at: 1_000) })
        try await sweep(Timestamp(milliseconds: 400 * 86_400_000))
        for (from, offsets) in [(Int64(0), [Int64(0), 4, 6]), (1, [4, 6]), (4, [4, 6]), (5, [6])] {
            let batch = try await subject.log.fetch(
                topicPartition, from: Offset(from), maxRecords: 10, maxBytes: 1_000, waitMax: .seconds(5))
            try require(batch.records.map(\.offset.value) == offsets, "from \(from): \(batch.records.map(\.offset))")
            try require(batch.next == Offset(9), "next is past the gap at the end: \(batch.next)")
        }
        let tail = try await subject.log.fetch(
            topicPartition, from: Offset(7), maxRecords: 10, maxBytes: 1_000, waitMax: .milliseconds(10))
        try require(tail.records.isEmpty && tail.next == Offset(9), "a gap up to the end is passed: \(tail.next)")
        let one = try await subject.log.fetch(
            topicPartition, from: Offset(1), maxRecords: 1, maxBytes: 1_000, waitMax: .seconds(5))
        try require(one.records.map(\.offset.value) == [4] && one.next > Offset(4), "one record past a gap")
    }

    private static func compactionGoesOn(_ subject: EventLogContractSubject) async throws {
        guard let sweep = subject.sweep else { return }
        let topic = try await subject.topic("compact-on", partitions: 2, isCompacted: true)
        var last: [String: String] = [:]
        for round in 0..<4 {
            let records = (0..<700).map { index -> ProducerRecord in
                let key = "k\((index * (round + 3)) % 97)"
                last[key] = "\(round)/\(index)"
                return .sample(topic, partition: 1, key: key, value: "\(round)/\(index)")
            }
            _ = try await subject.log.append(records)
            try await sweep(Timestamp(milliseconds: 2_000))
        }
        let read = try await subject.readAll(TopicPartition(topic, Partition(1)))
        let found = Dictionary(read.map { ($0.record.keyText ?? "", $0.record.text ?? "") }) { _, later in later }
        try require(found == last, "each key has its last value")
        try require(read.count == last.count, "and nothing else: \(read.count) records for \(last.count) keys")
    }
}
