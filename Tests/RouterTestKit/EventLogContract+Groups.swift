import EventLog

extension EventLogContract {
    static let timestampChecks = [
        Check("a time finds the first record at it or later", Self.timeFindsFirstRecord),
        Check("a time finds the first record also where times are out of order", Self.timeFindsOutOfOrder),
        Check("a time is found among many records", Self.timeIsFoundAmongMany),
    ]

    static let groupChecks = [
        Check("a group's position comes back with its metadata", Self.positionsComeBack),
        Check("the last commit wins, also backwards", Self.lastCommitWins),
        Check("groups are found by the prefix of their names", Self.groupsAreFoundByPrefix),
        Check("a deleted group is gone, others stay", Self.deletedGroupsAreGone),
        Check("many positions are committed in one call", Self.manyPositionsInOneCall),
    ]

    private static func timeFindsFirstRecord(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("time")
        let topicPartition = TopicPartition(topic, Partition(0))
        let log = subject.log
        let none = try await log.offset(of: topicPartition, at: Timestamp(milliseconds: 0))
        try require(none == .zero, "an empty partition has only its end")
        _ = try await log.append([10, 20, 20, 30].map { .sample(topic, at: $0) })
        for (time, offset) in [(Int64(0), Int64(0)), (10, 0), (11, 1), (20, 1), (21, 3), (30, 3), (31, 4)] {
            let found = try await log.offset(of: topicPartition, at: Timestamp(milliseconds: time))
            try require(found == Offset(offset), "time \(time) is at \(offset), not \(found)")
        }
    }

    private static func timeFindsOutOfOrder(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("time-disorder")
        let topicPartition = TopicPartition(topic, Partition(0))
        _ = try await subject.log.append([50, 10, 40, 90, 20].map { .sample(topic, at: $0) })
        for (time, offset) in [(Int64(5), Int64(0)), (50, 0), (51, 3), (90, 3), (91, 5)] {
            let found = try await subject.log.offset(of: topicPartition, at: Timestamp(milliseconds: time))
            try require(found == Offset(offset), "time \(time) is at \(offset), not \(found)")
        }
    }

    private static func timeIsFoundAmongMany(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("time-many")
        let topicPartition = TopicPartition(topic, Partition(0))
        // Times go up on the whole but swing; the first at or past a time is known from the list itself.
        let times = (Int64(0)..<5_000).map { (index: Int64) -> Int64 in
            let swing = (index * 7_919) % 400
            return 1 + index * 10 + swing
        }
        for start in stride(from: 0, to: times.count, by: 500) {
            _ = try await subject.log.append(times[start..<(start + 500)].map { .sample(topic, at: $0) })
        }
        for time in [Int64(0), 399, 10_000, 10_230, 10_240, 25_000, 40_960, 50_000, 50_400, 60_000] {
            let expected = times.firstIndex { $0 >= time } ?? times.count
            let found = try await subject.log.offset(of: topicPartition, at: Timestamp(milliseconds: time))
            try require(found == Offset(Int64(expected)), "time \(time) is at \(expected), not \(found)")
        }
    }

    private static func positionsComeBack(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("commit", partitions: 2)
        let group = ConsumerGroup("\(subject.prefix).group")
        let metadata = "gaps: 5-9 ä \u{1F600} \"quoted\" \n"
        try await subject.log.commit([
            commit(group, topic, 0, 7, metadata), commit(group, topic, 1, 0),
        ])
        let found = try await subject.log.committed(groupsWithPrefix: group.name)
        try require(
            found == [
                group: [
                    TopicPartition(topic, Partition(0)): CommittedOffset(offset: Offset(7), metadata: metadata),
                    TopicPartition(topic, Partition(1)): CommittedOffset(offset: .zero),
                ]
            ], "positions and metadata: \(found)")
    }

    private static func lastCommitWins(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("last")
        let group = ConsumerGroup("\(subject.prefix).last")
        let topicPartition = TopicPartition(topic, Partition(0))
        for (offset, metadata) in [(Int64(5), "a"), (9, ""), (3, "b")] {
            try await subject.log.commit([commit(group, topic, 0, offset, metadata)])
            let found = try await subject.log.committed(groupsWithPrefix: group.name)[group]?[topicPartition]
            try require(found == CommittedOffset(offset: Offset(offset), metadata: metadata), "the last one: \(offset)")
        }
    }

    private static func groupsAreFoundByPrefix(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("prefix")
        let names = ["a", "a.b", "a.c", "ab", "b", "A", "a%", "a_", "ä"].map { "\(subject.prefix)/\($0)" }
        try await subject.log.commit(names.map { commit(ConsumerGroup($0), topic, 0, 1) })
        for (prefix, count) in [("", 9), ("a", 6), ("a.", 2), ("a.b", 1), ("a%", 1), ("a_", 1), ("ä", 1), ("x", 0)] {
            let found = try await subject.log.committed(groupsWithPrefix: "\(subject.prefix)/\(prefix)")
            try require(found.count == count, "'\(prefix)' begins \(count) groups, found \(found.keys.sorted())")
        }
    }

    private static func deletedGroupsAreGone(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("deleted", partitions: 3)
        let (first, second) = (ConsumerGroup("\(subject.prefix).one"), ConsumerGroup("\(subject.prefix).one.two"))
        try await subject.log.commit((0..<3).flatMap { [commit(first, topic, $0, 1), commit(second, topic, $0, 2)] })
        try await subject.log.deleteGroup(first)
        try await subject.log.deleteGroup(ConsumerGroup("\(subject.prefix).never"))
        let found = try await subject.log.committed(groupsWithPrefix: "\(subject.prefix).one")
        try require(found.keys.sorted() == [second] && found[second]?.count == 3, "one stays: \(found)")
    }

    private static func manyPositionsInOneCall(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("many", partitions: 4)
        let log = subject.log
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    try await log.commit(
                        (0..<500).map {
                            commit(
                                ConsumerGroup("\(subject.prefix).many.\(task).\($0 / 4)"), topic, Int32($0 % 4),
                                Int64($0), "m\($0)")
                        })
                }
            }
            try await group.waitForAll()
        }
        let found = try await log.committed(groupsWithPrefix: "\(subject.prefix).many.")
        try require(found.count == 500 && found.values.allSatisfy { $0.count == 4 }, "all are there: \(found.count)")
    }
}

/// A commit of one position.
func commit(
    _ group: ConsumerGroup, _ topic: Topic, _ partition: Int32, _ offset: Int64, _ metadata: String = ""
) -> GroupCommit {
    GroupCommit(
        group: group, topicPartition: TopicPartition(topic, Partition(partition)),
        committed: CommittedOffset(offset: Offset(offset), metadata: metadata))
}
