import EventLog
import NIOCore

extension EmbeddedEventLog {
    /// One append is one part of one transaction, whatever topics it spans.
    public var appendsAtomically: Bool { true }

    /// Appends records; see ``EventLogWriter/append(_:)``. Offsets are dense in each partition. Records without key and
    /// partition go, all of one call and topic, to one partition, another one with each call.
    /// - Throws: ``EventLogError`` `overloaded` at once where the queue is full; `tooLarge`; `unknownTopic`;
    ///   `unknownPartition`; `corruptRecord` for a record without key in a compacted topic; `unavailable`; `closed`.
    public func append(_ records: [ProducerRecord]) async throws(EventLogError) -> [Position] {
        guard !records.isEmpty else { return [] }
        var topicPartitions: [TopicPartition] = []
        var partitionIDs: [Int] = []
        topicPartitions.reserveCapacity(records.count)
        partitionIDs.reserveCapacity(records.count)
        var routes: [Topic: LogTable.Route] = [:]
        var route: LogTable.Route?
        var bytes = 0
        for (index, record) in records.enumerated() {
            bytes += try self.checkedSize(record.record, index)
            if route?.topic != record.topic {
                if let known = routes[record.topic] {
                    route = known
                } else {
                    route = try self.table.withLock { (table) throws(EventLogError) in try table.route(record.topic) }
                    routes[record.topic] = route
                }
            }
            guard let route else { continue }
            let number = try record.partition(
                of: route.partitionIDs.count, isCompacted: route.isCompacted, keyless: route.keyless)
            partitionIDs.append(route.partitionIDs[Int(number.value)])
            topicPartitions.append(TopicPartition(record.topic, number))
        }
        guard records.count <= self.configuration.appendQueueRecordsMax else {
            throw EventLogError(
                over: .init(
                    size: records.count, limit: "log.appendQueueRecordsMax",
                    limitMax: self.configuration.appendQueueRecordsMax))
        }
        guard bytes <= self.configuration.appendQueueBytesMax else {
            throw EventLogError(
                over: .init(
                    size: bytes, limit: "log.appendQueueBytesMax", limitMax: self.configuration.appendQueueBytesMax))
        }
        let offsets = try await self.writer.append(records, to: partitionIDs, bytes: bytes)
        var positions: [Position] = []
        positions.reserveCapacity(offsets.count)
        for index in offsets.indices { positions.append(Position(topicPartitions[index], Offset(offsets[index]))) }
        return positions
    }

    @inline(__always)
    private func checkedSize(_ record: LogRecord, _ index: Int) throws(EventLogError) -> Int {
        let size = record.size
        guard size <= self.configuration.recordBytesMax else {
            throw EventLogError(
                over: .init(
                    recordIndex: index, size: size, limit: "log.recordBytesMax",
                    limitMax: self.configuration.recordBytesMax))
        }
        return size
    }
}
