import EventLog
import NIOCore

extension ProducerRecord {
    /// The record of an event with an id and a correlation id.
    public static func event(
        _ topic: Topic, partition: Int32 = 0, id: String, correlation: String? = nil, tenant: String? = "t",
        at milliseconds: Int64 = 1_000, key: String? = nil, value: String? = "data"
    ) -> ProducerRecord {
        var headers = RecordHeaders()
        headers.append(name: "ce_specversion", value: "1.0")
        headers.append(name: "ce_id", value: id)
        headers.append(name: "ce_source", value: "/test")
        if let tenant { headers.append(name: "ce_tenantid", value: tenant) }
        if let correlation { headers.append(name: "ce_correlationid", value: correlation) }
        return ProducerRecord(
            topic: topic, partition: Partition(partition),
            record: LogRecord(
                key: key.map { ByteBuffer(string: $0) }, headers: headers, value: value.map { ByteBuffer(string: $0) },
                timestamp: Timestamp(milliseconds: milliseconds)))
    }
}
