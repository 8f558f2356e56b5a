import CRdKafka
import EventLog
import NIOCore

/// Messages of librdkafka that were taken from a queue and are freed with this object.
///
/// `@unchecked Sendable`: the messages are ours alone, and are only read after they were taken.
final class KafkaBatch: @unchecked Sendable {
    private let messages: UnsafeMutableBufferPointer<UnsafeMutablePointer<rd_kafka_message_t>?>
    /// Bytes of each message's headers in the packed form, -1 where nobody asked yet.
    private let headerSizes: UnsafeMutableBufferPointer<Int32>
    private(set) var count = 0

    init(capacity: Int) {
        self.messages = .allocate(capacity: capacity)
        self.messages.initialize(repeating: nil)
        self.headerSizes = .allocate(capacity: capacity)
        self.headerSizes.initialize(repeating: -1)
    }

    deinit {
        for index in 0..<self.count { rd_kafka_message_destroy(self.messages[index]) }
        self.messages.deallocate()
        self.headerSizes.deallocate()
    }

    subscript(index: Int) -> UnsafePointer<rd_kafka_message_t>? { UnsafePointer(self.messages[index]) }

    /// Takes what is in a queue, without waiting.
    func take(from queue: OpaquePointer) {
        let taken = rd_kafka_consume_batch_queue(queue, 0, self.messages.baseAddress, self.messages.count)
        self.count = max(0, taken)
    }

    /// librdkafka parses the headers when they are asked for first; counted once.
    fileprivate func headersSize(_ index: Int, _ message: UnsafePointer<rd_kafka_message_t>) -> Int {
        if self.headerSizes[index] < 0 { self.headerSizes[index] = Int32(clamping: crk_headers_size(message)) }
        return Int(self.headerSizes[index])
    }
}

extension KafkaBatch {
    /// The size of a message's key, headers and value as ``LogRecord/size`` counts them.
    func size(_ index: Int) -> Int {
        guard let message = self[index] else { return 0 }
        return self.headersSize(index, message) + message.pointee.key_len + message.pointee.len
    }

    /// Copies messages into one buffer and cuts it into records: two allocations, however many there are.
    ///
    /// - Parameter range: of messages without errors.
    func records(_ range: Range<Int>, bytes: Int) -> [RecordBatch.Element] {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(bytes)
        var records: [RecordBatch.Element] = []
        records.reserveCapacity(range.count)
        for index in range {
            guard let message = self[index] else { continue }
            self.write(index, message, to: &buffer)
        }
        for index in range {
            guard let message = self[index] else { continue }
            records.append(self.read(index, message, from: &buffer))
        }
        return records
    }

    private func write(_ index: Int, _ message: UnsafePointer<rd_kafka_message_t>, to buffer: inout ByteBuffer) {
        let headersSize = self.headersSize(index, message)
        if let key = message.pointee.key {
            buffer.writeBytes(UnsafeRawBufferPointer(start: key, count: message.pointee.key_len))
        }
        if headersSize > 0 {
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: headersSize) { free in
                if let at = free.baseAddress { crk_headers_write(message, at.assumingMemoryBound(to: UInt8.self)) }
                return headersSize
            }
        }
        if let value = message.pointee.payload {
            buffer.writeBytes(UnsafeRawBufferPointer(start: value, count: message.pointee.len))
        }
    }

    private func read(
        _ index: Int, _ message: UnsafePointer<rd_kafka_message_t>, from buffer: inout ByteBuffer
    ) -> RecordBatch.Element {
        let key = message.pointee.key == nil ? nil : buffer.readSlice(length: message.pointee.key_len)
        let headers = buffer.readSlice(length: self.headersSize(index, message)) ?? ByteBuffer()
        let value = message.pointee.payload == nil ? nil : buffer.readSlice(length: message.pointee.len)
        let timestamp = rd_kafka_message_timestamp(message, nil)
        return RecordBatch.Element(
            offset: Offset(message.pointee.offset),
            record: LogRecord(
                key: key, headers: RecordHeaders(wellFormed: headers), value: value,
                timestamp: Timestamp(milliseconds: max(0, timestamp))))
    }
}
