import EventLog
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension EventLog {
    /// The last value of every key of a compacted partition.
    func compacted(_ topicPartition: TopicPartition) async throws(EventLogError) -> [String: ByteBuffer] {
        var values: [String: ByteBuffer] = [:]
        try await self.readToEnd(of: topicPartition) { element in
            if let key = element.record.key { values[String(buffer: key)] = element.record.value }
        }
        return values
    }

    /// Reads what a partition holds now, in order.
    /// - Parameter lastMax: only so many offsets before the end; nil: all.
    func readToEnd(
        of topicPartition: TopicPartition, lastMax: Int? = nil, _ body: (RecordBatch.Element) -> Void
    ) async throws(EventLogError) {
        let bounds = try await self.bounds(of: topicPartition)
        var next = lastMax.map { max(bounds.start, Offset(bounds.end.value - Int64($0))) } ?? bounds.start
        while next < bounds.end {
            let batch = try await self.fetch(
                topicPartition, from: next, maxRecords: 1_000, maxBytes: 4 << 20, waitMax: .zero)
            for element in batch.records { body(element) }
            guard batch.next > next else { return }
            next = batch.next
        }
    }

    /// Appends a value of a compacted partition as JSON, or with nil its tombstone, and gives its offset.
    @discardableResult
    func store(
        _ value: (some Encodable)?, key: String, in topicPartition: TopicPartition
    ) async throws(EventLogError) -> Offset? {
        var buffer: ByteBuffer?
        if let value {
            do { buffer = ByteBuffer(bytes: try JSONEncoder().encode(value)) } catch {
                throw EventLogError(.corruptRecord, "'\(key)' cannot be written as JSON", cause: error)
            }
        }
        let positions = try await self.append([
            ProducerRecord(
                topic: topicPartition.topic, partition: topicPartition.partition,
                record: LogRecord(key: ByteBuffer(string: key), value: buffer, timestamp: DispatchClock.wall))
        ])
        return positions.first?.offset
    }
}
