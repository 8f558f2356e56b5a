import CRdKafka
import EventLog

/// The exact conditions of a selection in the form that is compared with headers as they lie.
struct KafkaRouteConditions {
    /// What the headers say.
    enum Verdict {
        case met
        case refused
        /// The message is out of the ordinary: an event has to be made of it.
        case unclear
    }

    /// More are left to the event.
    private static let conditionsMax = 8
    private let packed: [UInt8]
    /// Whether all of them are.
    let isComplete: Bool

    init(_ conditions: [LogRouteSelection.Condition]) {
        var packed: [UInt8] = []
        var taken = 0
        for condition in conditions.prefix(Self.conditionsMax) {
            let name = Array("ce_\(condition.attribute)".utf8)
            guard name.count <= 255, condition.values.count <= 65_535,
                condition.values.allSatisfy({ $0.count <= 65_535 })
            else { continue }
            taken += 1
            packed.append(UInt8(name.count))
            packed += name
            packed += Self.bytes(condition.values.count)
            for value in condition.values { packed += Self.bytes(value.count) + value }
        }
        self.packed = packed
        self.isComplete = taken == conditions.count
    }

    private static func bytes(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xff)] }

    @inline(__always)
    func verdict(on message: UnsafePointer<rd_kafka_message_t>) -> Verdict {
        switch self.packed.withUnsafeBufferPointer({ crk_select(message, $0.baseAddress, $0.count) }) {
        case 1: .met
        case 0: .refused
        default: .unclear
        }
    }
}
