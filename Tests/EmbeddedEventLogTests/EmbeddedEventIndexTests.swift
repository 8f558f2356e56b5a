import CloudEvents
import EventLog
import NIOCore
import RouterTestKit
import Testing

@testable import EmbeddedEventLog

/// What the index finds.
struct EmbeddedEventIndexTests {
    @Test func aRecordIsFoundByItsID() async throws {
        try await withIndexedLog { subject in
            let topic = try await subject.createTopic("events")
            _ = try await subject.log.append((0..<100).map { .event(topic, id: "e\($0)") })
            try await subject.index.catchUp()
            #expect(subject.index.lag == 0)
            #expect(try await subject.offsets("ce_id", "e42", in: topic) == [42])
            #expect(try await subject.offsets("ce_id", "e100", in: topic).isEmpty)
        }
    }

    @Test func recordsOfOneCorrelationComeNewestFirst() async throws {
        try await withIndexedLog { subject in
            let topic = try await subject.createTopic("events", partitions: 3)
            for number in 0..<60 {
                _ = try await subject.log.append([
                    .event(
                        topic, partition: Int32(number % 3), id: "\(number)", correlation: "c\(number % 2)",
                        at: Int64(number))
                ])
                if number == 40 { try await subject.index.catchUp() }
            }
            let found = try await subject.find("ce_correlationid", "c1", in: [topic])
            #expect(found.map { Int($0.offset.value) * 3 + Int($0.partition.value) } == (0..<30).map { 59 - 2 * $0 })
        }
    }

    @Test func equalTimesAreOrderedByPosition() async throws {
        try await withIndexedLog { subject in
            let topic = try await subject.createTopic("events", partitions: 2)
            for partition in [Int32(0), 1, 0, 1] {
                _ = try await subject.log.append([.event(topic, partition: partition, id: "x")])
            }
            try await subject.index.catchUp()
            let found = try await subject.find("ce_id", "x", in: [topic])
            #expect(
                found.map { [Int64($0.partition.value), $0.offset.value] } == [[1, 1], [1, 0], [0, 1], [0, 0]])
        }
    }

    @Test(arguments: [0, 1, 7, 64, 65, 200])
    func noMoreThanTheLimitIsGiven(limit: Int) async throws {
        try await withIndexedLog { subject in
            let topic = try await subject.createTopic("events")
            _ = try await subject.log.append((0..<150).map { .event(topic, id: "\($0)", correlation: "c") })
            try await subject.index.catchUp()
            let found = try await subject.offsets("ce_correlationid", "c", in: topic, limit: limit)
            #expect(found == (0..<150).reversed().prefix(limit).map { Int64($0) })
        }
    }

    @Test func severalTopicsAreSearchedTogetherAndOthersAreNot() async throws {
        try await withIndexedLog { subject in
            let topics = [
                try await subject.createTopic("a"), try await subject.createTopic("b", partitions: 2),
                try await subject.createTopic("c"),
            ]
            for (number, topic) in topics.enumerated() {
                _ = try await subject.log.append([.event(topic, id: "x", at: Int64(number))])
            }
            try await subject.index.catchUp()
            #expect(try await subject.find("ce_id", "x", in: topics).map(\.topic.name) == ["c", "b", "a"])
            #expect(try await subject.find("ce_id", "x", in: [topics[0], topics[2]]).map(\.topic.name) == ["c", "a"])
        }
    }

    @Test func recordsThatAreNotIndexedYetAreFound() async throws {
        try await withIndexedLog { subject in
            let topic = try await subject.createTopic("events")
            let records = (0..<3_000).map { ProducerRecord.event(topic, id: "\($0)", correlation: "c\($0 % 100)") }
            _ = try await subject.log.append(records)
            #expect(subject.index.lag == 3_000)
            #expect(try await subject.offsets("ce_id", "17", in: topic) == [17])
            try await subject.index.catchUp()
            _ = try await subject.log.append(records)
            #expect(subject.index.lag == 3_000)
            #expect(try await subject.offsets("ce_id", "17", in: topic) == [3_017, 17])
            let expected = (0..<60).map { Int64(5_903 - 100 * $0) }
            #expect(try await subject.offsets("ce_correlationid", "c3", in: topic) == expected)
        }
    }

    @Test func whatOthersWroteUnderTheSameIDIsLeftOut() async throws {
        try await withIndexedLog { subject in
            let topic = try await subject.createTopic("events")
            for tenant in ["a", "b", nil, "a"] {
                _ = try await subject.log.append([.event(topic, id: "1", tenant: tenant)])
            }
            for _ in 0..<2 {
                #expect(try await subject.offsets("ce_id", "1", tenant: "a", in: topic) == [3, 0])
                #expect(try await subject.offsets("ce_id", "1", tenant: "b", in: topic) == [1])
                #expect(try await subject.offsets("ce_id", "1", tenant: "", in: topic).isEmpty)
                try await subject.index.catchUp()
            }
        }
    }

    @Test func whatTheRouterWroteAboutAnEventIsItsTenants() async throws {
        try await withIndexedLog { subject in
            let topic = try await subject.createTopic("portarium.attempts")
            var headers = RecordHeaders()
            headers.append(name: "ce_id", value: "1")
            headers.append(name: "portarium_tenant", value: "a")
            let record = LogRecord(key: nil, headers: headers, value: nil, timestamp: Timestamp(milliseconds: 1))
            _ = try await subject.log.append([ProducerRecord(topic: topic, record: record)])
            try await subject.index.catchUp()
            #expect(try await subject.offsets("ce_id", "1", tenant: "a", in: topic) == [0])
            #expect(try await subject.offsets("ce_id", "1", tenant: "b", in: topic).isEmpty)
        }
    }

    @Test func oneValueUnderTwoHeadersIsKeptApart() async throws {
        try await withIndexedLog { subject in
            let topic = try await subject.createTopic("events")
            _ = try await subject.log.append([
                .event(topic, id: "x", correlation: "y"), .event(topic, id: "y", correlation: "x"),
                .event(topic, id: "z", correlation: "z"),
            ])
            for _ in 0..<2 {
                #expect(try await subject.offsets("ce_id", "x", in: topic) == [0])
                #expect(try await subject.offsets("ce_correlationid", "x", in: topic) == [1])
                #expect(try await subject.offsets("ce_id", "z", in: topic) == [2])
                try await subject.index.catchUp()
            }
        }
    }

    @Test func headersThatAreNotIndexedAreFoundToo() async throws {
        try await withIndexedLog { subject in
            let topic = try await subject.createTopic("events")
            _ = try await subject.log.append((0..<10).map { .event(topic, id: "\($0)") })
            try await subject.index.catchUp()
            #expect(try await subject.offsets("ce_source", "/test", in: topic, limit: 3) == [9, 8, 7])
        }
    }

    @Test func topicsThatAreNotIndexedAreSearchedToo() async throws {
        try await withIndexedLog { subject in
            let topic = try await subject.createTopic("portarium.subscriptions")
            _ = try await subject.log.append((0..<10).map { .event(topic, id: "\($0)") })
            #expect(subject.index.lag == 0)
            try await subject.index.catchUp()
            #expect(try await subject.offsets("ce_id", "4", in: topic) == [4])
        }
    }

    @Test func aTopicMadeLaterIsIndexed() async throws {
        try await withIndexedLog { subject in
            _ = try await subject.createTopic("first")
            try await subject.index.catchUp()
            let topic = try await subject.createTopic("later")
            _ = try await subject.log.append([.event(topic, id: "x")])
            #expect(subject.index.lag == 1)
            try await subject.index.catchUp()
            #expect(subject.index.lag == 0)
            #expect(try await subject.offsets("ce_id", "x", in: topic) == [0])
        }
    }

    @Test func anEventInStructuredModeIsFound() async throws {
        try await withIndexedLog { subject in
            let topic = try await subject.createTopic("events")
            let inner = ByteBuffer(string: #"{"specversion":"1.0","id":"inner","source":"/s","type":"t"}"#)
            var event = CloudEvent(id: "outer", source: "/s", type: "t", data: inner)
            event.attributes.append(name: "datacontenttype", value: "application/cloudevents+json")
            event.attributes.append(name: "tenantid", value: "t")
            let record = LogRecord(event: event, key: nil, timestamp: Timestamp(milliseconds: 1))
            _ = try await subject.log.append([ProducerRecord(topic: topic, record: record)])
            try await subject.index.catchUp()
            #expect(try await subject.offsets("ce_id", "outer", in: topic) == [0])
            #expect(try record.cloudEvent() == event)
        }
    }

    @Test func rangesAreHonouredWhereverTheyEnd() async throws {
        try await withIndexedLog { subject in
            let topic = try await subject.createTopic("events")
            _ = try await subject.log.append((0..<2_000).map { .event(topic, id: "\($0)", correlation: "c") })
            try await subject.index.catchUp()
            _ = try await subject.log.append((2_000..<4_000).map { .event(topic, id: "\($0)", correlation: "c") })
            let topicPartition = TopicPartition(topic, Partition(0))
            for (from, to) in [(0, 1), (1_990, 2_010), (5, 5), (3_999, 9_000), (100, 200), (4_000, 5_000)] {
                let found = try await subject.index.positions(
                    header: "ce_correlationid", value: "c", tenant: "t",
                    in: [topicPartition: Offset(Int64(from))..<Offset(Int64(to))], limit: 1_000)
                #expect(found.map(\.offset.value) == (from..<max(from, min(to, 4_000))).reversed().map { Int64($0) })
            }
        }
    }

    @Test func anUnknownTopicIsSaid() async throws {
        try await withIndexedLog { subject in
            let ranges = [TopicPartition(Topic("nowhere"), Partition(0)): Offset.zero..<Offset(1)]
            await #expect(throws: EventLogError.self) {
                _ = try await subject.index.positions(
                    header: "ce_id", value: "x", tenant: "t", in: ranges, limit: 1)
            }
        }
    }

    /// Both are given the same records and asked the same, at whatever the index has got to.
    @Test(arguments: 1...4)
    func itFindsWhatALogInMemoryFinds(seed: UInt64) async throws {
        try await withIndexedLog { subject in
            var random = SeededGenerator(seed: seed)
            let memory = InMemoryEventLog()
            let topics = [
                TopicSpecification(topic: Topic("a"), partitions: 3),
                TopicSpecification(topic: Topic("b"), partitions: 1),
            ]
            for topic in topics {
                try await subject.log.createTopic(topic)
                try await memory.createTopic(topic)
            }
            for round in 0..<30 {
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
                if Int.random(in: 0..<4, using: &random) == 0 { try await subject.index.catchUp() }
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
                #expect(found == expected, "round \(round)")
            }
        }
    }
}

/// SplitMix64, so that a failing seed fails again.
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var word = self.state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
