import EventLog
import NIOCore

/// A delivery as it waits on the disk: what is to be appended, and nothing of the request that could be sent again with
/// its signature.
///
/// A version byte, the arrival, the marker with its length, and the records one behind the other; integers are big
/// endian, a length of -1 stands for what is not there.
public struct SpooledDelivery: Sendable {
    private static let version: UInt8 = 1

    /// The records of its events, stamped and routed.
    public var records: [ProducerRecord]
    /// What remembers the delivery; nil where its endpoint has no window.
    public var marker: DeliveryMarker?
    public var arrival: Timestamp

    public init(records: [ProducerRecord], marker: DeliveryMarker?, arrival: Timestamp) {
        self.records = records
        self.marker = marker
        self.arrival = arrival
    }

    /// What was written; nil where the bytes are no delivery.
    public init?(_ bytes: ByteBuffer) {
        var bytes = bytes
        guard bytes.readInteger(as: UInt8.self) == Self.version, let arrival = bytes.readInteger(as: Int64.self),
            let marker = bytes.readSpooledBytes()
        else { return nil }
        self.init(records: [], marker: nil, arrival: Timestamp(milliseconds: arrival))
        if let marker {
            guard let marker = DeliveryMarker(marker) else { return nil }
            self.marker = marker
        }
        while bytes.readableBytes > 0 {
            guard let record = bytes.readSpooledRecord() else { return nil }
            self.records.append(record)
        }
        guard !self.records.isEmpty else { return nil }
    }

    /// What is written.
    public var bytes: ByteBuffer {
        var bytes = ByteBuffer()
        bytes.reserveCapacity(256 + self.records.reduce(0) { $0 + $1.record.size + 64 })
        bytes.writeInteger(Self.version)
        bytes.writeInteger(self.arrival.milliseconds)
        bytes.writeSpooled(self.marker?.bytes)
        for record in self.records {
            bytes.writeSpooled(ByteBuffer(string: record.topic.name))
            bytes.writeInteger(record.partition?.value ?? -1)
            bytes.writeInteger(record.record.timestamp.milliseconds)
            bytes.writeSpooled(record.record.key)
            bytes.writeSpooled(record.record.headers.bytes)
            bytes.writeSpooled(record.record.value)
        }
        return bytes
    }

    /// By what its events are kept in order, hashed for this process; each once.
    public var orderingKeys: [Int] {
        guard self.records.count > 1 else { return self.records.compactMap { $0.record.key?.hashValue } }
        return Array(Set(self.records.compactMap { $0.record.key?.hashValue }))
    }
}

extension ByteBuffer {
    fileprivate mutating func writeSpooled(_ bytes: ByteBuffer?) {
        guard var bytes else {
            self.writeInteger(Int32(-1))
            return
        }
        self.writeInteger(Int32(bytes.readableBytes))
        self.writeBuffer(&bytes)
    }

    /// nil where there are no such bytes; `.some(nil)` where nothing was written.
    fileprivate mutating func readSpooledBytes() -> ByteBuffer?? {
        guard let length = self.readInteger(as: Int32.self) else { return nil }
        if length == -1 { return .some(nil) }
        guard length >= 0, let slice = self.readSlice(length: Int(length)) else { return nil }
        return slice
    }

    fileprivate mutating func readSpooledRecord() -> ProducerRecord? {
        guard let name = self.readSpooledBytes() ?? nil,
            let topic = try? Topic(validating: String(buffer: name)),
            let partition = self.readInteger(as: Int32.self), partition >= -1,
            let timestamp = self.readInteger(as: Int64.self),
            let key = self.readSpooledBytes(), let packed = self.readSpooledBytes() ?? nil,
            let headers = try? RecordHeaders(packed: packed),
            let value = self.readSpooledBytes()
        else { return nil }
        return ProducerRecord(
            topic: topic, partition: partition < 0 ? nil : Partition(partition),
            record: LogRecord(
                key: key, headers: headers, value: value, timestamp: Timestamp(milliseconds: timestamp)))
    }
}
