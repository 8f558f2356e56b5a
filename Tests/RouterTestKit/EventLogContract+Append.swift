import EventLog
import NIOCore
import Synchronization

extension EventLogContract {
    static let appendChecks = [
        Check("records of one call keep their order", Self.recordsOfOneCallKeepTheirOrder),
        Check("offsets of a partition are dense from zero", Self.offsetsAreDense),
        Check("an empty append changes nothing", Self.emptyAppendChangesNothing),
        Check("concurrent appends get distinct dense offsets", Self.concurrentAppendsGetDistinctOffsets),
        Check("a call that fails leaves nothing behind", Self.failedCallLeavesNothing),
        Check("one call spans topics and partitions", Self.oneCallSpansTopics),
        Check("lots of one call end each by itself", Self.lotsEndByThemselves),
        Check("a key goes where Kafka puts it", Self.keysGoWhereKafkaPutsThem),
        Check("records without a key are spread", Self.keylessRecordsAreSpread),
        Check("what was appended can be fetched at once", Self.appendedIsFetchable),
        Check("unknown topics and partitions are named", Self.unknownPlacesAreNamed),
        Check("a compacted topic refuses a record without a key", Self.compactedTopicsNeedKeys),
    ]

    private static func recordsOfOneCallKeepTheirOrder(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("order")
        let records = (0..<250).map { ProducerRecord.sample(topic, value: "value \($0)") }
        let positions = try await subject.log.append(records)
        try require(positions.count == 250, "each record has a position")
        let read = try await subject.readAll(TopicPartition(topic, Partition(0)))
        try require(
            read.map(\.record.text) == records.map(\.record.text), "\(read.count) records lie in the order given")
        try require(read.map(\.offset) == positions.map(\.offset), "positions tell where they lie")
    }

    private static func offsetsAreDense(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("dense")
        let topicPartition = TopicPartition(topic, Partition(0))
        let empty = try await subject.log.bounds(of: topicPartition)
        try require(empty == OffsetBounds(start: .zero, end: .zero), "a new partition is empty")
        var offsets: [Int64] = []
        for count in [1, 3, 1, 7] {
            let records = (0..<count).map { ProducerRecord.sample(topic, value: "\($0)") }
            offsets += try await subject.log.append(records).map(\.offset.value)
        }
        try require(offsets == Array(0..<12), "offsets are 0 to 11: \(offsets)")
        let end = try await subject.log.bounds(of: topicPartition).end
        try require(end == Offset(12), "the end is past the last: \(end)")
    }

    private static func emptyAppendChangesNothing(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("empty")
        try require(try await subject.log.append([]).isEmpty, "no records, no positions")
        try require(
            try await subject.log.bounds(of: TopicPartition(topic, Partition(0))).end == .zero, "the topic stays empty")
    }

    private static func concurrentAppendsGetDistinctOffsets(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("concurrent", partitions: 3)
        let log = subject.log
        let positions = try await withThrowingTaskGroup(of: [Position].self) { group in
            for task in 0..<16 {
                group.addTask {
                    var positions: [Position] = []
                    for call in 0..<10 {
                        positions += try await log.append(
                            (0..<5).map {
                                ProducerRecord.sample(
                                    topic, partition: Int32((task + call) % 3), value: "\(task)/\(call)/\($0)")
                            })
                    }
                    return positions
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        try require(Set(positions).count == 800, "each record has a position of its own")
        var texts: [String: Int64] = [:]
        for number in 0..<3 {
            let read = try await subject.readAll(TopicPartition(topic, Partition(Int32(number))))
            try require(read.map(\.offset.value) == Array(0..<Int64(read.count)), "offsets are dense")
            for element in read { texts[element.record.text ?? "", default: 0] += 1 }
        }
        try require(texts.count == 800 && texts.values.allSatisfy { $0 == 1 }, "each record is there once")
    }

    private static func failedCallLeavesNothing(_ subject: EventLogContractSubject) async throws {
        guard subject.log.appendsAtomically else { return }
        let topic = try await subject.topic("atomic", partitions: 2)
        let log = subject.log
        let good = ProducerRecord.sample(topic, partition: 1)
        try await requireError(.unknownTopic) {
            _ = try await log.append([good, .sample(Topic("\(subject.prefix).missing"))])
        }
        try await requireError(.unknownPartition) { _ = try await log.append([good, .sample(topic, partition: 2)]) }
        let large = String(repeating: "x", count: subject.recordBytesMax + 1)
        try await requireError(.tooLarge) { _ = try await log.append([good, .sample(topic, value: large)]) }
        for number in 0..<2 {
            let end = try await log.bounds(of: TopicPartition(topic, Partition(Int32(number)))).end
            try require(end == .zero, "no record of a failed call is there")
        }
        try require(try await log.append([good]).first?.offset == .zero, "the next call starts at the same offset")
    }

    private static func oneCallSpansTopics(_ subject: EventLogContractSubject) async throws {
        let first = try await subject.topic("span-a", partitions: 2)
        let second = try await subject.topic("span-b")
        let records = [
            ProducerRecord.sample(first, partition: 1, value: "0"), .sample(second, value: "1"),
            .sample(first, partition: 0, value: "2"), .sample(first, partition: 1, value: "3"),
            .sample(second, value: "4"),
        ]
        let positions = try await subject.log.append(records)
        let expected = [(first, 1, 0), (second, 0, 0), (first, 0, 0), (first, 1, 1), (second, 0, 1)].map {
            Position(TopicPartition($0.0, Partition(Int32($0.1))), Offset(Int64($0.2)))
        }
        try require(positions == expected, "positions come in the order of the records: \(positions)")
        let read = try await subject.readAll(TopicPartition(first, Partition(1)))
        try require(read.map(\.record.text) == ["0", "3"], "each partition has its records in order")
    }

    private static func lotsEndByThemselves(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("lots", partitions: 2)
        let lots: [[ProducerRecord]] = [
            [.sample(topic, partition: 0, value: "0"), .sample(topic, partition: 0, value: "1")],
            [.sample(topic, partition: 2)], [],
            [.sample(topic, partition: 1, value: "2"), .sample(topic, partition: 0, value: "3")],
        ]
        let told = Mutex<[LotOutcome]>([])
        await subject.log.appendEach(lots) { outcomes in told.withLock { $0 += outcomes } }
        let outcomes = told.withLock { $0 }.sorted { $0.index < $1.index }
        try require(outcomes.map(\.index) == [0, 1, 2, 3], "each lot is told of once: \(outcomes.map(\.index))")
        try await requireError(.unknownPartition) { _ = try outcomes[1].result.get() }
        try require(try outcomes[2].result.get().isEmpty, "an empty lot has no positions")
        for index in [0, 3] {
            for (record, position) in zip(lots[index], try outcomes[index].result.get()) {
                let read = try await subject.readAll(position.topicPartition)
                let text = read.first { $0.offset == position.offset }?.record.text
                try require(text == record.record.text, "a record lies at its position")
            }
        }
        await subject.log.appendEach([]) { _ in }
    }

    private static func keysGoWhereKafkaPutsThem(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("keys", partitions: 7)
        // Partitions of seven as Kafka's DefaultPartitioner gives them: murmur2 without its sign bit, modulo.
        let keys = ["21", "foobar", "a-little-bit-long-string", "a-little-bit-longer-string", "abc"]
        let hashes: [Int64] = [-973_932_308, -790_332_482, -985_981_536, -1_486_304_829, 479_470_107]
        let positions = try await subject.log.append(keys.map { .sample(topic, partition: nil, key: $0) })
        let expected = hashes.map { Int32(($0 & 0x7fff_ffff) % 7) }
        try require(positions.map(\.partition.value) == expected, "keys lie in \(expected)")
    }

    private static func keylessRecordsAreSpread(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("spread", partitions: 4)
        var used: Set<Partition> = []
        for _ in 0..<64 {
            for position in try await subject.log.append([.sample(topic, partition: nil)]) {
                used.insert(position.partition)
            }
        }
        try require(used.count > 1, "more than one partition is used")
    }

    private static func appendedIsFetchable(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("at-once")
        let topicPartition = TopicPartition(topic, Partition(0))
        for number in 0..<50 {
            let positions = try await subject.log.append([.sample(topic, value: "\(number)")])
            let batch = try await subject.log.fetch(
                topicPartition, from: positions[0].offset, maxRecords: 10, maxBytes: 1_000, waitMax: .zero)
            try require(batch.records.map(\.record.text) == ["\(number)"], "the record is there when append returns")
        }
    }

    private static func unknownPlacesAreNamed(_ subject: EventLogContractSubject) async throws {
        let log = subject.log
        let topic = try await subject.topic("known", partitions: 2)
        let missing = Topic("\(subject.prefix).unknown")
        for (code, place) in [
            (EventLogError.Code.unknownTopic, TopicPartition(missing, Partition(0))),
            (.unknownPartition, TopicPartition(topic, Partition(2))),
            (.unknownPartition, TopicPartition(topic, Partition(-1))),
        ] {
            try await requireError(code) {
                _ = try await log.append([.sample(place.topic, partition: place.partition.value)])
            }
            try await requireError(code) {
                _ = try await log.fetch(place, from: .zero, maxRecords: 1, maxBytes: 1, waitMax: .zero)
            }
            try await requireError(code) { _ = try await log.bounds(of: place) }
            try await requireError(code) { _ = try await log.offset(of: place, at: Timestamp(milliseconds: 0)) }
            let commit = GroupCommit(
                group: ConsumerGroup(subject.prefix), topicPartition: place, committed: CommittedOffset(offset: .zero))
            try await requireError(code) { try await log.commit([commit]) }
        }
    }

    private static func compactedTopicsNeedKeys(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("compacted-keys", isCompacted: true)
        do {
            _ = try await subject.log.append([.sample(topic, key: nil)])
        } catch {
            let end = try await subject.log.bounds(of: TopicPartition(topic, Partition(0))).end
            try require(end == .zero, "the record is not there")
            return
        }
        throw EventLogContractViolation(description: "a record without a key was taken into a compacted topic")
    }
}
