import CRdKafka
import CloudEvents
import EventLog
import NIOCore

/// Makes events of messages so far as filters look at them: attributes without data. One after the other, so that what
/// most events need costs no memory of their own.
struct KafkaEventReader {
    /// What the attributes of most events fit into.
    private static let bytesMax = 8_192
    private var attributes = ByteBuffer()

    /// - Returns: nil where the message is no event. To be let go before the next call.
    mutating func event(of message: UnsafePointer<rd_kafka_message_t>) -> CloudEvent? {
        var count = 0
        self.attributes.clear()
        self.attributes.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.bytesMax) { free in
            guard let start = free.baseAddress else { return 0 }
            return crk_attributes(message, start.assumingMemoryBound(to: UInt8.self), free.count, &count)
        }
        guard self.attributes.readableBytes == 0 else {
            return CloudEvent(attributes: AttributeList(wellFormed: self.attributes, count: count), data: nil)
        }
        return Self.decoded(message)
    }

    /// The long way, for everything out of the ordinary.
    private static func decoded(_ message: UnsafePointer<rd_kafka_message_t>) -> CloudEvent? {
        let size = crk_headers_size(message)
        var headers = ByteBuffer()
        headers.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { free in
            if size > 0, let at = free.baseAddress {
                crk_headers_write(message, at.assumingMemoryBound(to: UInt8.self))
            }
            return size
        }
        let value = message.pointee.payload.map {
            ByteBuffer(bytes: UnsafeRawBufferPointer(start: $0, count: message.pointee.len))
        }
        let record = LogRecord(
            key: nil, headers: RecordHeaders(wellFormed: headers), value: value, timestamp: Timestamp(milliseconds: 1))
        guard var event = try? record.cloudEvent() else { return nil }
        event.data = nil
        return event
    }
}
