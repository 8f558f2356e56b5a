import CloudEvents
import EventLog
import NIOCore

/// Which records are found.
extension EventIndexContract {
    static let recordChecks = [
        Check("a record is found by its id", Self.recordByID),
        Check("records that are not indexed yet are found", Self.unindexedRecords),
        Check("what others wrote under the same id is left out", Self.tenantsApart),
        Check("what the router wrote about an event is its tenant's", Self.routersRecords),
        Check("one value under two headers is kept apart", Self.headersApart),
        Check("a header that repeats counts by each of its values", Self.repeatedHeaders),
        Check("headers that are not indexed are found too", Self.otherHeaders),
        Check("a topic made later is indexed", Self.laterTopic),
        Check("partitions added later are indexed", Self.laterPartitions),
        Check("an event in structured mode is found", Self.structuredMode),
        Check("nothing before the start is found", Self.retention),
        Check("an unknown topic is said, and an unknown partition", Self.unknownPlaces),
    ]

    private static func recordByID(_ subject: EventIndexContractSubject) async throws {
        let topic = try await subject.topic("a")
        _ = try await subject.log.append((0..<100).map { .event(topic, id: "e\($0)") })
        try await subject.catchUp()
        try require(await subject.index.lag == 0, "everything is indexed")
        try require(try await subject.offsets("ce_id", "e42", in: topic) == [42], "the one is found")
        try require(try await subject.offsets("ce_id", "e100", in: topic).isEmpty, "what is not there is not")
    }

    private static func unindexedRecords(_ subject: EventIndexContractSubject) async throws {
        let topic = try await subject.topic("a")
        let records = (0..<3_000).map { ProducerRecord.event(topic, id: "\($0)", correlation: "c\($0 % 100)") }
        _ = try await subject.log.append(records)
        try require(try await subject.offsets("ce_id", "17", in: topic) == [17], "nothing is indexed")
        try await subject.catchUp()
        _ = try await subject.log.append(records)
        try require(try await subject.offsets("ce_id", "17", in: topic) == [3_017, 17], "half is indexed")
        let expected = (0..<60).map { Int64(5_903 - 100 * $0) }
        try require(try await subject.offsets("ce_correlationid", "c3", in: topic) == expected, "all of a correlation")
    }

    private static func tenantsApart(_ subject: EventIndexContractSubject) async throws {
        let topic = try await subject.topic("a")
        for tenant in ["a", "b", nil, "a"] {
            _ = try await subject.log.append([.event(topic, id: "1", tenant: tenant)])
        }
        for _ in 0..<2 {
            try require(try await subject.offsets("ce_id", "1", tenant: "a", in: topic) == [3, 0], "a's")
            try require(try await subject.offsets("ce_id", "1", tenant: "b", in: topic) == [1], "b's")
            try require(try await subject.offsets("ce_id", "1", tenant: "", in: topic).isEmpty, "nobody's is not found")
            try await subject.catchUp()
        }
    }

    private static func routersRecords(_ subject: EventIndexContractSubject) async throws {
        let topic = try await subject.topic("portarium.attempts")
        var headers = RecordHeaders()
        headers.append(name: "ce_id", value: "1")
        headers.append(name: "portarium_tenant", value: "a")
        let record = LogRecord(key: nil, headers: headers, value: nil, timestamp: Timestamp(milliseconds: 1))
        _ = try await subject.log.append([ProducerRecord(topic: topic, partition: Partition(0), record: record)])
        for _ in 0..<2 {
            try require(try await subject.offsets("ce_id", "1", tenant: "a", in: topic) == [0], "its tenant finds it")
            try require(try await subject.offsets("ce_id", "1", tenant: "b", in: topic).isEmpty, "another does not")
            try await subject.catchUp()
        }
    }

    private static func headersApart(_ subject: EventIndexContractSubject) async throws {
        let topic = try await subject.topic("a")
        _ = try await subject.log.append([
            .event(topic, id: "x", correlation: "y"), .event(topic, id: "y", correlation: "x"),
            .event(topic, id: "z", correlation: "z"),
        ])
        for _ in 0..<2 {
            try require(try await subject.offsets("ce_id", "x", in: topic) == [0], "by id")
            try require(try await subject.offsets("ce_correlationid", "x", in: topic) == [1], "by correlation")
            try require(try await subject.offsets("ce_id", "z", in: topic) == [2], "both alike")
            try await subject.catchUp()
        }
    }

    private static func repeatedHeaders(_ subject: EventIndexContractSubject) async throws {
        let topic = try await subject.topic("portarium.attempts")
        var headers = RecordHeaders()
        headers.append(name: "portarium_tenant", value: "t")
        for number in 0..<300 { headers.append(name: "ce_id", value: "\(number % 200)") }
        let record = LogRecord(key: nil, headers: headers, value: nil, timestamp: Timestamp(milliseconds: 1))
        _ = try await subject.log.append(
            (0..<3).map { _ in ProducerRecord(topic: topic, partition: Partition(0), record: record) })
        for _ in 0..<2 {
            for id in ["0", "150", "199"] {
                try require(
                    try await subject.offsets("ce_id", id, in: topic) == [2, 1, 0], "each record once by \(id)")
            }
            try require(try await subject.offsets("ce_id", "200", in: topic).isEmpty, "and by no other")
            try await subject.catchUp()
        }
    }

    private static func otherHeaders(_ subject: EventIndexContractSubject) async throws {
        let topic = try await subject.topic("a")
        _ = try await subject.log.append((0..<10).map { .event(topic, id: "\($0)") })
        try await subject.catchUp()
        try require(try await subject.offsets("ce_source", "/test", in: topic, limit: 3) == [9, 8, 7], "by reading")
    }

    private static func laterTopic(_ subject: EventIndexContractSubject) async throws {
        _ = try await subject.topic("a")
        try await subject.catchUp()
        let topic = try await subject.topic("later")
        _ = try await subject.log.append([.event(topic, id: "x")])
        for _ in 0..<2 {
            try require(try await subject.offsets("ce_id", "x", in: topic) == [0], "it is found")
            try await subject.catchUp()
            try require(await subject.index.lag == 0, "it is indexed")
        }
    }

    private static func laterPartitions(_ subject: EventIndexContractSubject) async throws {
        let topic = try await subject.topic("a")
        _ = try await subject.log.append([.event(topic, id: "x", at: 1)])
        try await subject.catchUp()
        _ = try await subject.topic("a", partitions: 4)
        _ = try await subject.log.append([.event(topic, partition: 3, id: "x", at: 2)])
        for _ in 0..<2 {
            let found = try await subject.find("ce_id", "x", in: [topic])
            try require(found.map(\.partition.value) == [3, 0], "both are found: \(found)")
            try await subject.catchUp()
        }
    }

    private static func structuredMode(_ subject: EventIndexContractSubject) async throws {
        let topic = try await subject.topic("a")
        let inner = ByteBuffer(string: #"{"specversion":"1.0","id":"inner","source":"/s","type":"t"}"#)
        var event = CloudEvent(id: "outer", source: "/s", type: "t", data: inner)
        event.attributes.append(name: "datacontenttype", value: "application/cloudevents+json")
        event.attributes.append(name: "tenantid", value: "t")
        let record = LogRecord(event: event, key: nil, timestamp: Timestamp(milliseconds: 1))
        _ = try await subject.log.append([ProducerRecord(topic: topic, partition: Partition(0), record: record)])
        try await subject.catchUp()
        try require(try await subject.offsets("ce_id", "outer", in: topic) == [0], "by the outer id")
        try require(try await subject.offsets("ce_id", "inner", in: topic).isEmpty, "not by one in the data")
    }

    private static func retention(_ subject: EventIndexContractSubject) async throws {
        guard let sweep = subject.sweep else { return }
        let topic = try await subject.topic("a", retentionAge: .seconds(10))
        for round in 0..<4 {
            _ = try await subject.log.append(
                (0..<1_000).map { .event(topic, id: "\($0)", at: Int64(round) * 20_000) })
        }
        try await subject.catchUp()
        try require(try await subject.offsets("ce_id", "5", in: topic) == [3_005, 2_005, 1_005, 5], "all are there")
        try await sweep(Timestamp(milliseconds: 60_000))
        for _ in 0..<2 {
            try require(try await subject.offsets("ce_id", "5", in: topic) == [3_005], "what is kept is found")
            try require(await subject.index.lag == 0, "what is gone does not wait")
            try await subject.catchUp()
        }
        try await sweep(Timestamp(milliseconds: 600_000))
        _ = try await subject.log.append([.event(topic, id: "new", at: 600_000)])
        try await subject.catchUp()
        try require(try await subject.offsets("ce_id", "new", in: topic) == [4_000], "an emptied partition goes on")
        try require(try await subject.offsets("ce_id", "5", in: topic).isEmpty, "and has nothing else")
    }

    private static func unknownPlaces(_ subject: EventIndexContractSubject) async throws {
        let topic = try await subject.topic("a")
        for (place, code) in [
            (TopicPartition(Topic("nowhere"), Partition(0)), EventLogError.Code.unknownTopic),
            (TopicPartition(topic, Partition(7)), .unknownPartition),
        ] {
            try await requireError(code) {
                _ = try await subject.index.positions(
                    header: "ce_id", value: "x", tenant: "t", in: [place: Offset.zero..<Offset(1)], limit: 1)
            }
        }
    }
}
