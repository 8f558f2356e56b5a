import CRdKafka
import CloudEvents
import EventLog

/// Looks at messages and hands over those that are wanted: the part of a route that every record costs.
struct KafkaRouteHand {
    private struct SlotKey: Hashable {
        var topic: OpaquePointer?
        var partition: Int32
    }

    private let defaultTenant: String?
    private var reader = KafkaEventReader()
    /// Slots of the plan by the client's handle of the topic, and partition.
    private var slots: [SlotKey: Int] = [:]
    private var last = (key: SlotKey(topic: nil, partition: -1), slot: 0)

    /// - Parameter defaultTenant: whose an event is that does not say so.
    init(defaultTenant: String?) { self.defaultTenant = defaultTenant }

    /// Puts messages into the transaction. Gives the first error; what comes after it is left.
    mutating func carry(
        _ messages: UnsafeMutableBufferPointer<UnsafeMutablePointer<rd_kafka_message_t>?>,
        to producer: KafkaRouteProducer, _ selection: LogRouteSelection, now: Int64, _ plan: inout KafkaRoutePlan
    ) -> rd_kafka_resp_err_t {
        let conditions = KafkaRouteConditions(selection.conditions)
        let decides = conditions.isComplete && selection.isWanted == nil
        for message in messages {
            guard let message else { continue }
            let slot = self.slot(of: message, in: &plan)
            guard plan.take(slot: slot, offset: message.pointee.offset, now: now) else { continue }
            let verdict = conditions.verdict(on: message)
            if verdict == .refused { continue }
            var key: [UInt8]?
            if verdict == .unclear || !decides || message.pointee.key == nil {
                guard var event = self.reader.event(of: message) else {
                    plan.noteInvalid()
                    continue
                }
                if let defaultTenant, event.tenantID == nil { event.attributes.set("tenantid", to: defaultTenant) }
                guard selection.matches(event) else { continue }
                // Who wrote the record without a key left the order open: the event's own is kept from here on.
                if message.pointee.key == nil { key = OrderingKey.bytes(of: event) }
            }
            plan.noteCarried(bytes: message.pointee.len + message.pointee.key_len)
            let code = producer.forward(message, key: key)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { return code }
        }
        return RD_KAFKA_RESP_ERR_NO_ERROR
    }

    @inline(__always)
    private mutating func slot(
        of message: UnsafeMutablePointer<rd_kafka_message_t>, in plan: inout KafkaRoutePlan
    ) -> Int {
        let key = SlotKey(topic: message.pointee.rkt, partition: message.pointee.partition)
        if self.last.key == key { return self.last.slot }
        let slot = self.slots[key] ?? self.newSlot(key, in: &plan)
        self.last = (key, slot)
        return slot
    }

    private mutating func newSlot(_ key: SlotKey, in plan: inout KafkaRoutePlan) -> Int {
        let name = rd_kafka_topic_name(key.topic).map { String(cString: $0) } ?? ""
        let slot = plan.slot(of: TopicPartition(Topic(name), Partition(key.partition)))
        self.slots[key] = slot
        return slot
    }
}
