import CloudEvents
import Delivery
import EventLog
import Logging
import NIOCore
import Synchronization

/// Keeps records of event topics that are no events: as they are, in a topic of their own, each with headers in front
/// that say where it lay and what is wrong with it.
///
/// They are there before the tail's commit passes them. A partition is not held up for long: what cannot be written
/// after some tries is counted, logged, and still lies in its own topic.
final class InvalidMessageChannel: Sendable {
    /// A record, and why it is no event.
    struct Message: Sendable {
        let element: RecordBatch.Element
        let fault: CloudEventError
    }

    /// How often an append is tried; only once while the one before failed, so that trouble is not waited for again
    /// with every read.
    static let triesMax = 5
    private let configuration: DispatchConfiguration
    private let log: any EventLog
    private let observer: any DispatchObserver
    private let logger: Logger
    private let isFailing = Mutex(false)

    init(
        configuration: DispatchConfiguration, log: any EventLog, observer: any DispatchObserver, logger: Logger
    ) {
        self.configuration = configuration
        self.log = log
        self.observer = observer
        self.logger = logger
    }

    /// Writes what one read of a partition had; durable when this returns, or given up. After a crash they may be
    /// written again.
    func write(_ messages: [Message], of topicPartition: TopicPartition) async {
        for message in messages {
            self.observer.invalidRecord(at: Position(topicPartition, message.element.offset))
        }
        let records = messages.map { self.record($0, of: topicPartition) }
        guard let error = await self.append(records) else { return }
        guard Self.isHopeless(error), records.count > 1 else {
            return self.giveUp(messages[...], of: topicPartition, error)
        }
        // One of them is too much, not all.
        for (message, record) in zip(messages, records) {
            if let error = await self.append([record]) { self.giveUp([message], of: topicPartition, error) }
        }
    }

    /// Appends; nil where it is durable.
    private func append(_ records: [ProducerRecord]) async -> EventLogError? {
        let triesMax = self.isFailing.withLock { $0 } ? 1 : Self.triesMax
        var tries = 1
        while true {
            do throws(EventLogError) {
                _ = try await self.log.append(records)
                self.isFailing.withLock { $0 = false }
                return nil
            } catch {
                if Self.isHopeless(error) { return error }
                guard tries < triesMax, !Task.isCancelled, error.code != .closed else {
                    self.isFailing.withLock { $0 = true }
                    return error
                }
                tries += 1
                try? await Task.sleep(for: .milliseconds(self.configuration.limits.internalRetryMilliseconds))
            }
        }
    }

    /// Whether the same append fails again.
    private static func isHopeless(_ error: EventLogError) -> Bool {
        error.code == .tooLarge || error.code == .corruptRecord
    }

    private func giveUp(
        _ messages: ArraySlice<Message>, of topicPartition: TopicPartition, _ error: EventLogError
    ) {
        guard let first = messages.first else { return }
        self.observer.invalidRecordsUnkept(messages.count)
        self.logger.error(
            "records that are no events could not be kept in their channel; they lie where they came from",
            metadata: [
                "first": "\(Position(topicPartition, first.element.offset))", "records": "\(messages.count)",
                "error": "\(error)",
            ])
    }

    private func record(_ message: Message, of topicPartition: TopicPartition) -> ProducerRecord {
        let record = message.element.record
        var headers = RecordHeaders(reservingCapacity: record.headers.bytes.readableBytes + 256)
        headers.append(name: "portarium_topic", value: topicPartition.topic.name)
        headers.append(name: "portarium_partition", value: "\(topicPartition.partition)")
        headers.append(name: "portarium_offset", value: "\(message.element.offset)")
        headers.append(name: "portarium_timestamp", value: "\(record.timestamp.milliseconds)")
        headers.append(name: "portarium_reason", value: message.fault.description)
        record.headers.forEach { headers.append(prefix: "", name: $0, value: $1) }
        return ProducerRecord(
            topic: self.configuration.invalidMessageTopic, partition: Partition(0),
            record: LogRecord(
                key: record.key, headers: headers, value: record.value, timestamp: DispatchClock.wall))
    }
}
