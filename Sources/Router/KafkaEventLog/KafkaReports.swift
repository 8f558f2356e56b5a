import CRdKafka

/// Delivery reports of a producer, between the callback that brings them and the thread that asked for them.
///
/// `@unchecked Sendable`: librdkafka calls back on the thread that polls, and only that one takes them.
final class KafkaReports: @unchecked Sendable {
    /// What becomes of the reports of a client.
    enum Use {
        /// There are none.
        case none
        /// They come, and nobody looks at them.
        case ignored
        /// They are kept until they are taken.
        case kept
    }

    /// What became of one record.
    struct Report {
        /// What it was given when it was produced.
        let opaque: UInt
        let offset: Int64
        let code: rd_kafka_resp_err_t
    }

    private var reports: [Report] = []

    /// For `rd_kafka_conf_set_dr_msg_cb`, with a ``KafkaClientContext`` as the client's opaque.
    static let callback:
        @convention(c) (OpaquePointer?, UnsafePointer<rd_kafka_message_t>?, UnsafeMutableRawPointer?) -> Void = {
            _, message, opaque in
            guard let message, let opaque else { return }
            Unmanaged<KafkaClientContext>.fromOpaque(opaque)._withUnsafeGuaranteedRef { context in
                context.reports?.reports.append(
                    Report(
                        opaque: UInt(bitPattern: message.pointee._private), offset: message.pointee.offset,
                        code: message.pointee.err))
            }
        }

    /// Hands over what has come, in its order, and forgets it.
    func take(_ body: ([Report]) -> Void) {
        guard !self.reports.isEmpty else { return }
        body(self.reports)
        self.reports.removeAll(keepingCapacity: true)
    }
}
