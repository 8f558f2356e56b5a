import CloudEvents
import NIOCore

extension LogRecord {
    /// The record of an event: the CloudEvents Kafka binding in binary mode (`ce_` headers, `content-type`, the data as
    /// value).
    ///
    /// Types of attributes that are no strings are kept in a header of our own, see ``KafkaBinding``. The event is
    /// taken as it is, not validated.
    /// - Parameters:
    ///   - key: what the partition is chosen by, usually ``OrderingKey``.
    ///   - timestamp: when the record is made.
    public init(event: CloudEvent, key: ByteBuffer?, timestamp: Timestamp) {
        let attributes = event.attributes
        var headers = RecordHeaders(reservingCapacity: attributes.bytes.readableBytes + 3 * attributes.count + 16)
        let value = KafkaBinding.encode(event) { prefix, name, value in
            headers.append(prefix: prefix, name: name, value: value)
        }
        self.init(key: key, headers: headers, value: value, timestamp: timestamp)
    }

    /// The event that the record carries: structured mode where its content type is `application/cloudevents+json`,
    /// binary mode where it has `ce_` headers. The data shares the storage of the value.
    ///
    /// The check is light, but safe for records that others wrote; see ``KafkaBinding/Decoder``.
    /// - Parameter limits: the widest by default: what the log holds stays readable.
    /// - Throws: ``CloudEventError`` where the record is no event, which belongs to the channel for invalid messages.
    public func cloudEvent(limits: CloudEventLimits = .widest) throws(CloudEventError) -> CloudEvent {
        var decoder = KafkaBinding.Decoder(headerBytes: self.headers.bytes.readableBytes, limits: limits)
        self.headers.forEach { name, value in decoder.add(name: name, value: value) }
        return try decoder.event(value: self.value)
    }
}
