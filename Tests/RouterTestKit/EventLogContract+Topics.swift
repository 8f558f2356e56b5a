import EventLog
import NIOCore

extension EventLogContract {
    static let topicChecks = [
        Check("a topic can be made again, and is listed once", Self.topicsAreMadeOnce),
        Check("partitions are added empty, and keep what is there", Self.partitionsAreAdded),
        Check("a topic keeps its partitions and its policy", Self.conflictsAreTold),
        Check("a topic needs a legal name and number of partitions", Self.illegalTopicsAreRefused),
        Check("topics made at the same time are all there", Self.topicsAreMadeConcurrently),
    ]

    static let reopenChecks = [
        Check("everything is there after the log is opened again", Self.everythingSurvives),
        Check("offsets go on after the log is opened again", Self.offsetsGoOn),
    ]

    private static func topicsAreMadeOnce(_ subject: EventLogContractSubject) async throws {
        let plain = TopicSpecification(
            topic: Topic("\(subject.prefix).made"), partitions: 3, retentionAge: .seconds(3_600),
            retentionBytesMax: 1 << 30)
        let compacted = TopicSpecification(topic: Topic("\(subject.prefix).made-c"), partitions: 1, isCompacted: true)
        for _ in 0..<3 {
            try await subject.log.createTopic(plain)
            try await subject.log.createTopic(compacted)
        }
        var listed = try await subject.log.topics().filter { $0.topic.name.hasPrefix(subject.prefix) }
        // Nobody asked for a number of replicas.
        for index in listed.indices { listed[index].replicas = nil }
        try require(listed == [plain, compacted], "both, once, by name: \(listed)")
    }

    private static func partitionsAreAdded(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("grow")
        _ = try await subject.log.append((0..<5).map { .sample(topic, value: "\($0)") })
        _ = try await subject.topic("beside-grow", partitions: 2)
        _ = try await subject.topic("grow", partitions: 4)
        let listed = try await subject.log.topics().first { $0.topic == topic }
        try require(listed?.partitions == 4, "four partitions are listed")
        for number in Int32(1)..<4 {
            let bounds = try await subject.log.bounds(of: TopicPartition(topic, Partition(number)))
            try require(bounds == OffsetBounds(start: .zero, end: .zero), "partition \(number) is empty")
            let positions = try await subject.log.append([.sample(topic, partition: number, value: "new \(number)")])
            try require(positions.first?.offset == .zero, "and starts at zero")
        }
        let old = try await subject.readAll(TopicPartition(topic, Partition(0)))
        try require(old.map(\.record.text) == ["0", "1", "2", "3", "4"], "what was there is there")
        let new = try await subject.readAll(TopicPartition(topic, Partition(3)))
        try require(new.map(\.record.text) == ["new 3"], "each partition has its own records")
    }

    private static func conflictsAreTold(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("conflict", partitions: 3)
        let compacted = try await subject.topic("conflict-c", isCompacted: true)
        for specification in [
            TopicSpecification(topic: topic, partitions: 2),
            TopicSpecification(topic: topic, partitions: 3, isCompacted: true),
            TopicSpecification(topic: compacted, partitions: 1, isCompacted: false),
        ] {
            try await requireError(.conflict) { try await subject.log.createTopic(specification) }
        }
        let listed = try await subject.log.topics().first { $0.topic == topic }
        try require(listed?.partitions == 3 && listed?.isCompacted == false, "nothing changed")
    }

    private static func illegalTopicsAreRefused(_ subject: EventLogContractSubject) async throws {
        let long = String(repeating: "x", count: 250)
        for name in ["", ".", "..", "a b", "a/b", "ä", "a;DROP TABLE topic", long] {
            try await requireError(.invalidTopic) {
                try await subject.log.createTopic(TopicSpecification(topic: Topic(name), partitions: 1))
            }
        }
        for partitions in [0, -1, 1_025] {
            try await requireError(.invalidTopic) {
                try await subject.log.createTopic(
                    TopicSpecification(topic: Topic("\(subject.prefix).count"), partitions: partitions))
            }
        }
    }

    private static func topicsAreMadeConcurrently(_ subject: EventLogContractSubject) async throws {
        let log = subject.log
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<24 {
                group.addTask {
                    let topic = Topic("\(subject.prefix).parallel-\(task % 8)")
                    try await log.createTopic(TopicSpecification(topic: topic, partitions: 2))
                    _ = try await log.append([.sample(topic, partition: 1, value: "\(task)")])
                }
            }
            try await group.waitForAll()
        }
        var count = 0
        for number in 0..<8 {
            let topic = Topic("\(subject.prefix).parallel-\(number)")
            let read = try await subject.readAll(TopicPartition(topic, Partition(1)))
            try require(
                read.allSatisfy { Int($0.record.text ?? "").map { $0 % 8 } == number }, "each topic has its own records"
            )
            count += read.count
        }
        try require(count == 24, "no record is lost")
    }

    private static func everythingSurvives(_ subject: EventLogContractSubject) async throws {
        guard let reopen = subject.reopen else { return }
        let topic = try await subject.topic("survive", partitions: 2, retentionAge: .seconds(3_000_000_000))
        let group = ConsumerGroup("\(subject.prefix).survive")
        let records = (0..<1_500).map {
            ProducerRecord.sample(
                topic, partition: 1, key: "k\($0)", value: $0 % 3 == 0 ? nil : "v\($0)", at: 1 + Int64($0),
                headers: [("ce_id", "\($0)")])
        }
        _ = try await subject.log.append(records)
        try await subject.log.commit([commit(group, topic, 1, 42, "meta")])
        let topics = try await subject.log.topics()
        let log = try await reopen()
        try require(try await log.topics() == topics, "topics are as they were")
        let topicPartition = TopicPartition(topic, Partition(1))
        let bounds = try await log.bounds(of: topicPartition)
        try require(
            bounds == OffsetBounds(start: .zero, end: Offset(1_500)),
            "bounds are as they were: \(bounds.start) to \(bounds.end)")
        let read = try await subject.readAll(topicPartition, in: log)
        try require(read.map(\.record) == records.map(\.record), "records are as they were")
        let committed = try await log.committed(groupsWithPrefix: group.name)[group]?[topicPartition]
        try require(committed == CommittedOffset(offset: Offset(42), metadata: "meta"), "positions are as they were")
        let time = try await log.offset(of: topicPartition, at: Timestamp(milliseconds: 1_201))
        try require(time == Offset(1_200), "times are found")
    }

    private static func offsetsGoOn(_ subject: EventLogContractSubject) async throws {
        guard let reopen = subject.reopen else { return }
        let topic = try await subject.topic("go-on", partitions: 2)
        _ = try await subject.log.append((0..<3).map { .sample(topic, partition: 1, value: "\($0)") })
        let log = try await reopen()
        let positions = try await log.append([
            .sample(topic, partition: 1, value: "3"), .sample(topic, partition: 0, value: "other"),
        ])
        try require(positions.map(\.offset.value) == [3, 0], "each partition goes on where it was")
        try await log.createTopic(TopicSpecification(topic: topic, partitions: 3))
        let added = try await log.append([.sample(topic, partition: 2)])
        try require(added.first?.offset == .zero, "partitions can still be added")
    }
}
