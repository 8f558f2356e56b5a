import EventLog
import NIOCore

extension EventLogContract {
    static let recordChecks = [
        Check("an empty value is not a missing value", Self.emptyIsNotMissing),
        Check("keys and values are bytes, not texts", Self.bytesAreKept),
        Check("headers keep their order and repeat", Self.headersAreKept),
        Check("a large record comes back whole", Self.largeRecordsAreKept),
        Check("timestamps are kept as they are given", Self.timestampsAreKept),
        Check("fetched records outlive later fetches", Self.fetchedRecordsStay),
    ]

    private static func emptyIsNotMissing(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("nil")
        _ = try await subject.log.append([
            .sample(topic, key: nil, value: nil), .sample(topic, key: "", value: ""),
            .sample(topic, key: "k", value: nil), .sample(topic, key: nil, value: "v"),
        ])
        let read = try await subject.readAll(TopicPartition(topic, Partition(0))).map(\.record)
        try require(read.map(\.keyText) == [nil, "", "k", nil], "keys: \(read.map(\.keyText))")
        try require(read.map(\.text) == [nil, "", nil, "v"], "values: \(read.map(\.text))")
    }

    private static func bytesAreKept(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("bytes")
        let all = ByteBuffer(bytes: (0...255).map { UInt8($0) })
        let record = LogRecord(key: all, value: all, timestamp: Timestamp(milliseconds: 5))
        _ = try await subject.log.append([ProducerRecord(topic: topic, partition: Partition(0), record: record)])
        // A slice that does not start at the front of its buffer.
        let slice = ByteBuffer(string: "0123456789").getSlice(at: 3, length: 4)
        let sliced = LogRecord(key: slice, value: slice, timestamp: Timestamp(milliseconds: 6))
        _ = try await subject.log.append([ProducerRecord(topic: topic, partition: Partition(0), record: sliced)])
        let read = try await subject.readAll(TopicPartition(topic, Partition(0))).map(\.record)
        try require(read.first == record, "all 256 byte values come back")
        try require(read.last?.keyText == "3456" && read.last?.text == "3456", "only the slice is kept")
    }

    private static func headersAreKept(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("headers")
        let headers = [("ce_id", "1"), ("x", ""), ("ce_id", "2"), ("ä", "π"), ("x", "again")]
        var packed = ProducerRecord.sample(topic, headers: headers)
        let raw: [UInt8] = [0xff, 0x00, 0xfe]
        raw.withUnsafeBytes { value in
            "raw".utf8.withContiguousStorageIfAvailable { name in
                packed.record.headers.append(prefix: "ce_", name: UnsafeRawBufferPointer(name), value: value)
            }
        }
        _ = try await subject.log.append([packed])
        let read = try await subject.readAll(TopicPartition(topic, Partition(0)))
        try require(read.first?.record.headers == packed.record.headers, "the headers come back byte for byte")
        var names: [String] = []
        read.first?.record.headers.forEach { name, _ in names.append(String(decoding: name, as: UTF8.self)) }
        try require(names == ["ce_id", "x", "ce_id", "ä", "x", "ce_raw"], "in order and with repeats: \(names)")
    }

    private static func largeRecordsAreKept(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("large")
        let sizes = [1, 5_000, 70_000, min(3 << 20, subject.recordBytesMax * 3 / 4), 10]
        let records = sizes.enumerated().map { index, size in
            ProducerRecord.sample(topic, key: "k\(index)", value: String(repeating: "\(index)", count: size))
        }
        for record in records { _ = try await subject.log.append([record]) }
        let read = try await subject.readAll(TopicPartition(topic, Partition(0)))
        try require(read.map(\.record) == records.map(\.record), "each comes back whole")
    }

    private static func timestampsAreKept(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("timestamps")
        let timestamps: [Int64] = [1_700_000_000_123, 5, 1_700_000_000_122, 1, 253_402_300_799_999]
        _ = try await subject.log.append(timestamps.map { .sample(topic, at: $0) })
        let read = try await subject.readAll(TopicPartition(topic, Partition(0)))
        try require(read.map(\.record.timestamp.milliseconds) == timestamps, "as given, also out of order")
    }

    private static func fetchedRecordsStay(_ subject: EventLogContractSubject) async throws {
        let topic = try await subject.topic("stay")
        let topicPartition = TopicPartition(topic, Partition(0))
        let records = (0..<300).map { ProducerRecord.sample(topic, key: "key \($0)", value: "value \($0)") }
        _ = try await subject.log.append(records)
        var kept: [LogRecord] = []
        var next = Offset.zero
        while next < Offset(300) {
            let batch = try await subject.log.fetch(
                topicPartition, from: next, maxRecords: 50, maxBytes: 1 << 20, waitMax: .seconds(5))
            try require(batch.next > next, "a fetch before the end gets on")
            kept += batch.records.map(\.record)
            next = batch.next
        }
        try require(kept == records.map(\.record), "records of earlier fetches are as they were")
    }
}
