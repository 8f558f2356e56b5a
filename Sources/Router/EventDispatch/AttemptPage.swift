import CloudEvents
import EventLog
import NIOCore

/// Some entries of one tenant's attempt journal, packed into one record: a delivery must not cost a record of its own.
///
/// The record has a `ce_id` header for each event, by which the index finds it, and the tenant's name. The value is a
/// sequence of entries, each `length (4 bytes) · at · duration · status (0: none) · outcome · partition · offset · id ·
/// source · tenant · subscription · topic · error`, numbers big endian, texts behind their length in 2 bytes.
struct AttemptPage: Sendable {
    /// The journal's outcomes, as they are written.
    private static let outcomes: [AttemptEntry.Outcome] = [
        .delivered, .failed, .deadLettered, .redriven, .discarded,
    ]
    private static let textBytesMax = 4_096
    /// A page takes no more entries when it has so many, or so many bytes: what one more entry adds then stays under
    /// the 1 MB that a record of Kafka has by default.
    private static let entriesMax = 128
    private static let bytesMax = 512 << 10

    private var headers = RecordHeaders()
    private var value = ByteBuffer()
    private(set) var count = 0
    var bytes: Int { self.value.readableBytes + self.headers.bytes.readableBytes }
    var isFull: Bool { self.count >= Self.entriesMax || self.bytes >= Self.bytesMax }

    init(tenant: String) {
        self.headers.append(name: "portarium_tenant", value: tenant)
    }

    /// Adds what came of one event.
    mutating func append(_ event: CloudEvent, _ entry: AttemptEntry) {
        let attributes = event.attributes
        _ = attributes.withValue(of: "id") { _, id in
            let id = UnsafeRawBufferPointer(rebasing: id.prefix(Self.textBytesMax))
            withUnsafeBytes(of: Self.idHeader) { self.headers.append(prefix: "", name: $0, value: id) }
        }
        let start = self.value.writerIndex
        self.value.writeInteger(UInt32(0))
        self.value.writeInteger(entry.at.milliseconds)
        self.value.writeInteger(UInt32(clamping: entry.durationMilliseconds))
        self.value.writeInteger(UInt16(clamping: entry.status ?? 0))
        self.value.writeInteger(UInt8(Self.outcomes.firstIndex(of: entry.outcome) ?? 0))
        self.value.writeInteger(entry.position.partition.value)
        self.value.writeInteger(entry.position.offset.value)
        for name: StaticString in ["id", "source"] {
            let isWritten: Void? = attributes.withValue(of: name) { _, bytes in Self.write(bytes, to: &self.value) }
            if isWritten == nil { self.value.writeInteger(UInt16(0)) }
        }
        for var text in [entry.tenant, entry.subscription, entry.position.topic.name, entry.error ?? ""] {
            text.withUTF8 { Self.write(UnsafeRawBufferPointer($0), to: &self.value) }
        }
        self.value.setInteger(UInt32(self.value.writerIndex - start - 4), at: start)
        self.count += 1
    }

    /// The record, as of the time of its last entry.
    func record(at time: Timestamp) -> LogRecord {
        LogRecord(key: nil, headers: self.headers, value: self.value, timestamp: time)
    }

    /// The entries of a record that are about one event, in the order in which they were added.
    /// - Parameter source: nil: the events of all sources with this id.
    static func entries(of record: LogRecord, id: String, source: String?) -> [AttemptEntry] {
        guard var rest = record.value else { return [] }
        var entries: [AttemptEntry] = []
        while let length = rest.readInteger(as: UInt32.self), var frame = rest.readSlice(length: Int(length)) {
            if let entry = self.entry(&frame, id: id, source: source) { entries.append(entry) }
        }
        return entries
    }

    private static func entry(_ frame: inout ByteBuffer, id: String, source: String?) -> AttemptEntry? {
        guard let (at, duration, status, outcome) = frame.readMultipleIntegers(as: (Int64, UInt32, UInt16, UInt8).self),
            let (partition, offset) = frame.readMultipleIntegers(as: (Int32, Int64).self),
            let entryID = self.readText(&frame), entryID == id,
            let entrySource = self.readText(&frame), source.map({ $0 == entrySource }) ?? true,
            let tenant = self.readText(&frame), let subscription = self.readText(&frame),
            let topic = self.readText(&frame), let error = self.readText(&frame),
            self.outcomes.indices.contains(Int(outcome))
        else { return nil }
        return AttemptEntry(
            subscription: subscription, tenant: tenant,
            position: Position(TopicPartition(Topic(topic), Partition(partition)), Offset(offset)),
            outcome: self.outcomes[Int(outcome)], at: Timestamp(milliseconds: at),
            status: status == 0 ? nil : Int(status),
            error: error.isEmpty ? nil : error, durationMilliseconds: Int64(duration))
    }

    private static let idHeader: (UInt8, UInt8, UInt8, UInt8, UInt8) = (
        UInt8(ascii: "c"), UInt8(ascii: "e"), UInt8(ascii: "_"), UInt8(ascii: "i"), UInt8(ascii: "d")
    )

    private static func write(_ bytes: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) {
        let bytes = UnsafeRawBufferPointer(rebasing: bytes.prefix(self.textBytesMax))
        buffer.writeInteger(UInt16(bytes.count))
        buffer.writeBytes(bytes)
    }

    private static func readText(_ frame: inout ByteBuffer) -> String? {
        frame.readInteger(as: UInt16.self).flatMap { frame.readString(length: Int($0)) }
    }
}
