import CloudEvents
import Delivery
import EventLog
import NIOCore
import Subscriptions

/// Delivers events to topics of the log, at least once: what was appended is there, also where nobody was told so.
///
/// A record is what an ingress would append: binary mode, the key ``OrderingKey``, and the time at which the event was
/// accepted first.
public struct TopicEventSink: EventSink {
    private let writer: any EventLogWriter
    private let topicPrefix: String

    /// - Parameter topicPrefix: what the names of all topics begin with, without the dot.
    public init(writer: any EventLogWriter, topicPrefix: String) {
        self.writer = writer
        self.topicPrefix = topicPrefix
    }

    /// Appends the events of an attempt in one call. How long that may take is the log's to say, not the destination's.
    ///
    /// What the log would refuse again is rejected; every other failure is a retry.
    public func send(_ attempt: DeliveryAttempt) async -> AttemptReport {
        let start = ContinuousClock.now
        func report(_ meaning: AttemptReport.Meaning, _ error: String?) -> AttemptReport {
            let (seconds, attoseconds) = start.duration(to: .now).components
            return AttemptReport(
                meaning: meaning, status: nil, error: error,
                durationNanoseconds: seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        }
        guard let sink = TopicSink(attempt.destination.sink) else { return report(.rejected, "the sink is no topic") }
        let topic = sink.topic(prefix: self.topicPrefix)
        let records = attempt.elements.map { element in
            var event = element.event
            if let replayID = attempt.replayID { event.attributes.set("replayid", to: replayID) }
            return ProducerRecord(
                topic: topic,
                record: LogRecord(
                    event: event, key: ByteBuffer(bytes: OrderingKey.bytes(of: event)),
                    timestamp: element.timestamp ?? DispatchClock.wall))
        }
        do throws(EventLogError) {
            _ = try await self.writer.append(records)
            return report(.delivered, nil)
        } catch {
            switch error.code {
            case .tooLarge, .corruptRecord, .invalidTopic: return report(.rejected, error.message)
            default: return report(.retry(afterMilliseconds: nil), error.message)
            }
        }
    }
}
