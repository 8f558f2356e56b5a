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
        let bounds = try await self.bounds(of: topicPartition)
        var values: [String: ByteBuffer] = [:]
        var next = bounds.start
        while next < bounds.end {
            let batch = try await self.fetch(
                topicPartition, from: next, maxRecords: 1_000, maxBytes: 4 << 20, waitMax: .zero)
            for element in batch.records {
                if let key = element.record.key { values[String(buffer: key)] = element.record.value }
            }
            guard batch.next > next else { break }
            next = batch.next
        }
        return values
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
