import EventLog
import NIOCore

extension EventLogContract {
    static let fetchChecks = [
        Check("a fetch ends at the records asked for", Self.fetchEndsAtRecords),
        Check("a fetch ends at the bytes asked for, and gives one record at least", Self.fetchEndsAtBytes),
        Check("a fetch starts at its offset", Self.fetchStartsAtOffset),
        Check("an offset out of range comes back with the bounds", Self.outOfRangeTellsBounds),
        Check("fetches run beside appends and see whole prefixes", Self.fetchesRunBesideAppends),
    ]

    static let waitChecks = [
        Check("a fetch at the end returns empty when its time is over", Self.fetchAtEndReturnsEmpty),
        Check("an append wakes the fetches that wait for it", Self.appendWakesFetches),
        Check("an append elsewhere does not end a wait", Self.appendElsewhereDoesNotEndAWait),
        Check("a cancelled fetch returns empty", Self.cancelledFetchReturnsEmpty),
    ]

    private static func fetchEndsAtRecords(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("records-max")
        let topicPartition = TopicPartition(topic, Partition(0))
        _ = try await subject.log.append((0..<10).map { .sample(topic, value: "\($0)") })
        let batch = try await subject.log.fetch(
            topicPartition, from: Offset(2), maxRecords: 3, maxBytes: 1 << 20, waitMax: .seconds(5))
        try require(batch.topicPartition == topicPartition, "the batch names its partition")
        let offsets = batch.records.map(\.offset.value)
        try require(Self.isStart(of: [2, 3, 4], offsets, subject), "three records: \(offsets)")
        let next = Offset(2 + Int64(offsets.count))
        try require(batch.next == next && batch.end == Offset(10), "next is past the last, end is the end")
        var (rest, place): ([Int64], Offset) = ([], next)
        while place < Offset(10) {
            let batch = try await subject.log.fetch(
                topicPartition, from: place, maxRecords: 100, maxBytes: 1 << 20, waitMax: .seconds(5))
            try require(batch.next > place, "a fetch before the end gets on")
            rest += batch.records.map(\.offset.value)
            place = batch.next
        }
        try require(rest == Array(next.value..<10), "then the rest: \(rest)")
    }

    /// Whether a fetch gave these, or, where what was appended together may lie in several pieces, the first of them.
    private static func isStart(of expected: [Int64], _ given: [Int64], _ subject: EventLogContractSubject) -> Bool {
        if subject.log.appendsAtomically { return given == expected }
        return !given.isEmpty && expected.starts(with: given)
    }

    private static func fetchEndsAtBytes(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("bytes-max")
        let topicPartition = TopicPartition(topic, Partition(0))
        let value = String(repeating: "x", count: 1_000)
        _ = try await subject.log.append((0..<10).map { _ in .sample(topic, value: value) })
        let three = try await subject.log.fetch(
            topicPartition, from: .zero, maxRecords: 100, maxBytes: 3_500, waitMax: .seconds(5))
        let offsets = three.records.map(\.offset.value)
        try require(Self.isStart(of: [0, 1, 2], offsets, subject), "what fits: \(offsets)")
        try require(three.next == Offset(Int64(offsets.count)), "next is past the last")
        for bytesMax in [1, 0, 999] {
            let one = try await subject.log.fetch(
                topicPartition, from: Offset(3), maxRecords: 100, maxBytes: bytesMax, waitMax: .seconds(5))
            try require(one.records.map(\.offset.value) == [3], "one record, even over \(bytesMax) bytes")
        }
    }

    private static func fetchStartsAtOffset(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("from", partitions: 2)
        let records = (0..<2_500).map { ProducerRecord.sample(topic, partition: 1, value: "\($0)") }
        _ = try await subject.log.append(records)
        for offset in [0, 1, 1_023, 1_024, 1_025, 2_499] {
            let batch = try await subject.log.fetch(
                TopicPartition(topic, Partition(1)), from: Offset(Int64(offset)), maxRecords: 1, maxBytes: 1 << 20,
                waitMax: .seconds(5))
            try require(batch.records.first?.record.text == "\(offset)", "offset \(offset) has its record")
        }
        let other = try await subject.log.bounds(of: TopicPartition(topic, Partition(0)))
        try require(other.end == .zero, "the other partition is empty")
    }

    private static func outOfRangeTellsBounds(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("range")
        let topicPartition = TopicPartition(topic, Partition(0))
        _ = try await subject.log.append((0..<4).map { .sample(topic, value: "\($0)") })
        for offset in [Int64(-1), 5, 1_000] {
            let error = try await requireError(.offsetOutOfRange) {
                _ = try await subject.log.fetch(
                    topicPartition, from: Offset(offset), maxRecords: 1, maxBytes: 100, waitMax: .seconds(5))
            }
            try require(error.bounds == OffsetBounds(start: .zero, end: Offset(4)), "bounds of \(offset): \(error)")
        }
    }

    private static func fetchesRunBesideAppends(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("beside")
        let topicPartition = TopicPartition(topic, Partition(0))
        let log = subject.log
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for call in 0..<60 {
                    _ = try await log.append((0..<20).map { .sample(topic, value: "\(call * 20 + $0)") })
                }
            }
            for _ in 0..<3 {
                group.addTask {
                    var next = Offset.zero
                    while next < Offset(1_200) {
                        let batch = try await log.fetch(
                            topicPartition, from: next, maxRecords: 37, maxBytes: 1 << 20, waitMax: .seconds(20))
                        for element in batch.records {
                            try require(element.offset == next, "no gap: \(element.offset) after \(next)")
                            try require(element.record.text == "\(next)", "the record of offset \(next)")
                            next = next.next
                        }
                        try require(batch.next == next && batch.end >= next, "next follows the records")
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func fetchAtEndReturnsEmpty(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("timeout")
        let topicPartition = TopicPartition(topic, Partition(0))
        for (count, wait) in [(0, Duration.zero), (2, .milliseconds(20)), (4, .zero), (6, .milliseconds(20))] {
            let batch = try await subject.log.fetch(
                topicPartition, from: Offset(Int64(count)), maxRecords: 5, maxBytes: 100, waitMax: wait)
            try require(batch.records.isEmpty, "nothing is there")
            try require(batch.next == Offset(Int64(count)) && batch.end == batch.next, "the next fetch starts here")
            _ = try await subject.log.append([.sample(topic), .sample(topic)])
        }
    }

    private static func appendWakesFetches(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("wake", partitions: 2)
        let log = subject.log
        try await withThrowingTaskGroup(of: String?.self) { group in
            for task in 0..<8 {
                group.addTask {
                    let batch = try await log.fetch(
                        TopicPartition(topic, Partition(Int32(task % 2))), from: .zero, maxRecords: 5, maxBytes: 100,
                        waitMax: .seconds(600))
                    return batch.records.first?.record.text
                }
            }
            // Some fetches wait by now, some may come later: all must end long before their time.
            for _ in 0..<20 { await Task.yield() }
            _ = try await log.append([
                .sample(topic, partition: 0, value: "a"), .sample(topic, partition: 1, value: "b"),
            ])
            let texts = try await group.reduce(into: [String]()) { $0.append($1 ?? "nothing") }
            try require(texts.sorted() == ["a", "a", "a", "a", "b", "b", "b", "b"], "each gets its record: \(texts)")
        }
    }

    private static func appendElsewhereDoesNotEndAWait(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("elsewhere", partitions: 2)
        let log = subject.log
        async let waiting = log.fetch(
            TopicPartition(topic, Partition(0)), from: .zero, maxRecords: 5, maxBytes: 100, waitMax: .seconds(600))
        for _ in 0..<10 { _ = try await log.append([.sample(topic, partition: 1)]) }
        _ = try await log.append([.sample(topic, partition: 0, value: "mine")])
        try require(try await waiting.records.map(\.record.text) == ["mine"], "the wait ends with its own record")
    }

    private static func cancelledFetchReturnsEmpty(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("cancel")
        let log = subject.log
        let batches = try await withThrowingTaskGroup(of: RecordBatch.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    try await log.fetch(
                        TopicPartition(topic, Partition(0)), from: .zero, maxRecords: 5, maxBytes: 100,
                        waitMax: .seconds(600))
                }
            }
            for _ in 0..<20 { await Task.yield() }
            group.cancelAll()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        try require(batches.count == 4, "each fetch ends")
        try require(batches.allSatisfy { $0.records.isEmpty && $0.next == .zero }, "with an empty batch")
        _ = try await log.append([.sample(topic, value: "later")])
        let read = try await subject.readAll(TopicPartition(topic, Partition(0)))
        try require(read.map(\.record.text) == ["later"], "the log goes on")
    }
}
