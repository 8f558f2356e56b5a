import CloudEvents
import Delivery
import EventLog
import NIOCore
import Subscriptions
import Traces

/// Delivers events to topics of the log, at least once: what was appended is there, also where nobody was told so.
///
/// A record is what an ingress would append: binary mode, the key ``OrderingKey``, and the time at which the event was
/// accepted first.
public struct TopicEventSink: EventSink {
    private let writer: any EventLogWriter
    private let topicPrefix: String
    private let tracer: Tracer?

    /// - Parameters:
    ///   - topicPrefix: what the names of all topics begin with, without the dot.
    ///   - tracer: records a span of each append whose attempt is part of a recorded trace; nil: none is.
    public init(writer: any EventLogWriter, topicPrefix: String, tracer: Tracer? = nil) {
        self.writer = writer
        self.topicPrefix = topicPrefix
        self.tracer = tracer
    }

    /// Appends the events of an attempt in one call. How long that may take is the log's to say, not the destination's.
    ///
    /// What the log would refuse again is rejected; every other failure is a retry.
    public func send(_ attempt: DeliveryAttempt) async -> AttemptReport {
        let start = ContinuousClock.now
        func report(_ meaning: AttemptReport.Meaning, _ error: String?) -> AttemptReport {
            let (seconds, attoseconds) = start.duration(to: .now).components
            let report = AttemptReport(
                meaning: meaning, status: nil, error: error,
                durationNanoseconds: seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
            self.record(attempt, report)
            return report
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

    /// The append as a span of its attempt (PRODUCER).
    private func record(_ attempt: DeliveryAttempt, _ report: AttemptReport) {
        guard let tracer, let parent = attempt.traceParent, parent.isSampled else { return }
        let topic = TopicSink(attempt.destination.sink)?.topic(prefix: self.topicPrefix).name
        let now = tracer.now
        var span = Span(
            topic.map { "send \($0)" } ?? "send", .producer,
            context: TraceParent(traceID: parent.traceID, parentID: tracer.nextSpanID(), flags: parent.flags),
            parentID: parent.parentID, start: now &- UInt64(max(0, report.durationNanoseconds)), end: now)
        span.set(.messagingSystem, tracer.system)
        span.set(.operationName, "send")
        span.set(.operationType, "send")
        span.set(.destinationName, topic)
        span.set(.tenant, attempt.subscription.tenant)
        span.set(.subscription, attempt.subscription.name)
        if report.meaning != .delivered { span.fail("failed", report.error) }
        tracer.record([span])
    }
}
