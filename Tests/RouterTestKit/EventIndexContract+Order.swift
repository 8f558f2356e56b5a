import EventLog

/// In which order records are found, and how many.
extension EventIndexContract {
    static let orderChecks = [
        Check("records of one correlation come newest first", Self.newestFirst),
        Check("equal times are ordered by position", Self.equalTimes),
        Check("no more than the limit is given", Self.limits),
        Check("several topics are searched together, and others are not", Self.severalTopics),
        Check("ranges are honoured wherever they end", Self.ranges),
        Check("a search that goes on where it stopped loses nothing", Self.pages),
        Check("a model in memory finds the same, whatever is indexed", Self.sameAsModel),
    ]

    private static func newestFirst(_ subject: EventIndexContractSubject) async throws {
        let topic = try await subject.topic("a", partitions: 3)
        for number in 0..<60 {
            _ = try await subject.log.append([
                .event(
                    topic, partition: Int32(number % 3), id: "\(number)", correlation: "c\(number % 2)",
                    at: Int64(number))
            ])
            if number == 40 { try await subject.catchUp() }
        }
        let found = try await subject.find("ce_correlationid", "c1", in: [topic])
        let numbers = found.map { Int($0.offset.value) * 3 + Int($0.partition.value) }
        try require(numbers == (0..<30).map { 59 - 2 * $0 }, "merged by time: \(numbers)")
    }

    private static func equalTimes(_ subject: EventIndexContractSubject) async throws {
        let topic = try await subject.topic("a", partitions: 2)
        for partition in [Int32(0), 1, 0, 1] {
            _ = try await subject.log.append([.event(topic, partition: partition, id: "x")])
        }
        for _ in 0..<2 {
            let found = try await subject.find("ce_id", "x", in: [topic])
            let places = found.map { [Int64($0.partition.value), $0.offset.value] }
            try require(places == [[1, 1], [1, 0], [0, 1], [0, 0]], "the last partition first: \(places)")
            try await subject.catchUp()
        }
    }

    private static func limits(_ subject: EventIndexContractSubject) async throws {
        let topic = try await subject.topic("a")
        _ = try await subject.log.append((0..<150).map { .event(topic, id: "\($0)", correlation: "c") })
        for _ in 0..<2 {
            for limit in [-1, 0, 1, 7, 64, 65, 200] {
                let found = try await subject.offsets("ce_correlationid", "c", in: topic, limit: limit)
                try require(
                    found == (0..<150).reversed().prefix(max(0, limit)).map { Int64($0) }, "\(limit) at most: \(found)")
            }
            try await subject.catchUp()
        }
    }

    private static func severalTopics(_ subject: EventIndexContractSubject) async throws {
        let topics = [
            try await subject.topic("a"), try await subject.topic("b", partitions: 2), try await subject.topic("c"),
        ]
        for (number, topic) in topics.enumerated() {
            _ = try await subject.log.append([.event(topic, id: "x", at: Int64(number))])
        }
        try await subject.catchUp()
        let all = try await subject.find("ce_id", "x", in: topics).map(\.topic.name)
        try require(all == ["c", "b", "a"], "all of them: \(all)")
        let two = try await subject.find("ce_id", "x", in: [topics[0], topics[2]]).map(\.topic.name)
        try require(two == ["c", "a"], "two of them: \(two)")
    }

    private static func ranges(_ subject: EventIndexContractSubject) async throws {
        let topic = try await subject.topic("a")
        _ = try await subject.log.append((0..<2_000).map { .event(topic, id: "\($0)", correlation: "c") })
        try await subject.catchUp()
        _ = try await subject.log.append((2_000..<4_000).map { .event(topic, id: "\($0)", correlation: "c") })
        for (from, to) in [(0, 1), (1_990, 2_010), (5, 5), (3_999, 9_000), (100, 200), (4_000, 5_000)] {
            let found = try await subject.index.positions(
                header: "ce_correlationid", value: "c", tenant: "t",
                in: [TopicPartition(topic, Partition(0)): Offset(Int64(from))..<Offset(Int64(to))], limit: 1_000)
            let expected = (from..<max(from, min(to, 4_000))).reversed().map { Int64($0) }
            try require(found.map(\.offset.value) == expected, "\(from) to \(to)")
        }
    }

    private static func pages(_ subject: EventIndexContractSubject) async throws {
        let topic = try await subject.topic("a", partitions: 3)
        for half in 0..<2 {
            _ = try await subject.log.append(
                (0..<900).map {
                    .event(
                        topic, partition: Int32($0 % 3), id: "\($0)", correlation: "c\($0 % 2)",
                        at: Int64(half * 1_000 + $0 / 7))
                })
            if half == 0 { try await subject.catchUp() }
        }
        let expected = try await subject.find("ce_correlationid", "c1", in: [topic], limit: 10_000)
        try require(expected.count == 900, "all at once: \(expected.count)")
        var uppers: [TopicPartition: Offset] = [:]
        for number in 0..<Int32(3) { uppers[TopicPartition(topic, Partition(number))] = Offset(.max) }
        var found: [Position] = []
        while true {
            let page = try await subject.index.positions(
                header: "ce_correlationid", value: "c1", tenant: "t", in: uppers.mapValues { .zero..<$0 }, limit: 70)
            for position in page { uppers[position.topicPartition] = position.offset }
            found += page
            if page.count < 70 { break }
        }
        try require(found == expected, "page by page the same")
    }

    /// Both are given the same records and asked the same, at whatever the index has got to.
    private static func sameAsModel(_ subject: EventIndexContractSubject) async throws {
        var random = SeededNumbers(state: 11)
        let memory = InMemoryEventLog()
        let topics = [
            TopicSpecification(topic: Topic("a"), partitions: 3), TopicSpecification(topic: Topic("b"), partitions: 1),
        ]
        for topic in topics {
            try await subject.log.createTopic(topic)
            try await memory.createTopic(topic)
        }
        for round in 0..<60 {
            let records = (0..<Int.random(in: 1...300, using: &random)).map { _ -> ProducerRecord in
                let topic = topics[Int.random(in: 0...1, using: &random)]
                return .event(
                    topic.topic, partition: Int32.random(in: 0..<Int32(topic.partitions), using: &random),
                    id: "\(Int.random(in: 0..<500, using: &random))",
                    correlation: Bool.random(using: &random) ? "\(Int.random(in: 0..<5, using: &random))" : nil,
                    tenant: Bool.random(using: &random) ? "t" : "u", at: Int64(round))
            }
            _ = try await subject.log.append(records)
            _ = try await memory.append(records)
            if Int.random(in: 0..<4, using: &random) == 0 { try await subject.catchUp() }
            let header = Bool.random(using: &random) ? "ce_id" : "ce_correlationid"
            let value = "\(Int.random(in: 0..<(header == "ce_id" ? 500 : 5), using: &random))"
            let limit = Int.random(in: 1...400, using: &random)
            var ranges: [TopicPartition: Range<Offset>] = [:]
            for topic in topics {
                for number in 0..<Int32(topic.partitions) where Int.random(in: 0..<5, using: &random) > 0 {
                    let lower = Int64.random(in: 0..<100, using: &random)
                    ranges[TopicPartition(topic.topic, Partition(number))] =
                        Offset(lower)..<Offset(lower + Int64.random(in: 0..<4_000, using: &random))
                }
            }
            let found = try await subject.index.positions(
                header: header, value: value, tenant: "t", in: ranges, limit: limit)
            let expected = try await memory.positions(
                header: header, value: value, tenant: "t", in: ranges, limit: limit)
            try require(found == expected, "round \(round): \(found.count) found, \(expected.count) expected")
        }
    }
}

/// SplitMix64, so that what fails fails again.
private struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var word = self.state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
