import CRdKafka
import EventLog
import Logging

/// A member of the group of one route.
///
/// `@unchecked Sendable`: the route's thread alone uses it, but for ``wake()``, which librdkafka allows from any
/// thread.
final class KafkaRouteConsumer: @unchecked Sendable {
    /// What happened beside the messages.
    enum Event {
        case assigned([TopicPartition])
        /// They go to others when ``unassign(_:)`` was called.
        case revoked([TopicPartition])
        /// Others have them already.
        case lost([TopicPartition])
        /// What was to be read next is not there.
        case outOfRange(TopicPartition)
        case failed(EventLogError)
        case nothing
    }

    /// Messages taken at a time.
    private static let messagesMax = 1_000
    private static let answerInterval = Duration.seconds(2)
    /// `RD_KAFKA_OFFSET_END`.
    private static let end: Int64 = -1
    /// How long positions are waited for that a transaction of another process holds.
    private static let positionPatience = Duration.seconds(30)
    let handle: KafkaHandle
    let messages: UnsafeMutableBufferPointer<UnsafeMutablePointer<rd_kafka_message_t>?>
    private let events: UnsafeMutableBufferPointer<OpaquePointer?>
    private var count = 0
    /// Whether the group ever gave the client an assignment, be it of nothing.
    private var wasAssigned = false
    private var hasJoined = false
    /// Whether the group owes the client an assignment.
    private var isJoining = true
    private let queue: OpaquePointer
    private let group: String
    private let timeout: Int32

    /// Makes the client and joins the group.
    /// - Throws: ``EventLogError`` where librdkafka does not take the settings or the topics.
    init(
        _ configuration: KafkaEventLogConfiguration, group: String, topics: [Topic], logger: Logger
    ) throws(EventLogError) {
        self.handle = try KafkaHandle(.consumer, .route(configuration, group: group), logger: logger)
        self.group = group
        self.timeout = Int32(clamping: max(configuration.requestTimeoutMilliseconds, 1_000))
        self.queue = rd_kafka_queue_get_consumer(self.handle.pointer)
        self.messages = .allocate(capacity: Self.messagesMax)
        self.messages.initialize(repeating: nil)
        self.events = .allocate(capacity: Self.messagesMax)
        self.events.initialize(repeating: nil)
        let list = KafkaPartitionList(topics.map { TopicPartition($0, Partition(-1)) }, offset: -1_001)
        let code = rd_kafka_subscribe(self.handle.pointer, list.pointer)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            self.destroy()
            throw EventLogError(kafka: code, "the group '\(group)' cannot be joined")
        }
        self.hasJoined = true
    }

    /// Leaves nothing behind; of no use after it.
    private func destroy() {
        self.free()
        rd_kafka_queue_destroy(self.queue)
        // librdkafka ends the process where the group has not answered yet, see ``KafkaMembership``.
        let isFatal =
            self.hasJoined && !self.wasAssigned && rd_kafka_version() < KafkaMembership.firstVersionToFreeAtAnyTime
        defer {
            self.messages.deallocate()
            self.events.deallocate()
        }
        if isFatal { return self.handle.abandon() }
        // A coordinator that does not answer must not hold up the end of a route.
        let hasLeft = !self.hasJoined || rd_kafka_consumer_closed(self.handle.pointer) != 0
        self.handle.destroy(leavesGroup: hasLeft, patience: .zero)
    }

    /// Ends a ``take(max:waitMilliseconds:)`` that waits. From any thread, while the consumer lives.
    func wake() { rd_kafka_queue_yield(self.queue) }

    /// Takes what has come, after ``free()``; the messages are the first `count` of ``messages``.
    func take(max: Int, waitMilliseconds: Int64) -> (count: Int, event: Event) {
        var other: OpaquePointer?
        self.count = crk_take(
            self.queue, Int32(clamping: waitMilliseconds), self.events.baseAddress, self.messages.baseAddress,
            min(max, Self.messagesMax), &other)
        guard let other else { return (self.count, .nothing) }
        defer { rd_kafka_event_destroy(other) }
        return (self.count, self.event(of: other))
    }

    /// Lets the messages go that were taken.
    func free() {
        for index in 0..<self.count { rd_kafka_event_destroy(self.events[index]) }
        self.count = 0
    }

    private func event(of event: OpaquePointer) -> Event {
        switch rd_kafka_event_type(event) {
        // Messages are taken before: this one is none.
        case RD_KAFKA_EVENT_FETCH: return .nothing
        case RD_KAFKA_EVENT_REBALANCE: return self.rebalance(event)
        case RD_KAFKA_EVENT_ERROR: return self.fault(event)
        default: return .nothing
        }
    }

    private func rebalance(_ event: OpaquePointer) -> Event {
        guard let list = rd_kafka_event_topic_partition_list(event) else { return .nothing }
        let partitions = KafkaPartitionList.elements(of: list).map(\.topicPartition).sorted()
        switch rd_kafka_event_error(event) {
        case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
            (self.wasAssigned, self.isJoining) = (true, false)
            return .assigned(partitions)
        case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
            self.isJoining = true
            return rd_kafka_assignment_lost(self.handle.pointer) != 0 ? .lost(partitions) : .revoked(partitions)
        default:
            return .failed(
                EventLogError(kafka: rd_kafka_event_error(event), "the group '\(self.group)' cannot be shared"))
        }
    }

    private func fault(_ event: OpaquePointer) -> Event {
        let code = rd_kafka_event_error(event)
        if let found = rd_kafka_event_topic_partition(event) {
            defer { rd_kafka_topic_partition_destroy(found) }
            let topicPartition = TopicPartition(
                Topic(String(cString: found.pointee.topic)), Partition(found.pointee.partition))
            if code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET { return .outOfRange(topicPartition) }
        }
        return .failed(EventLogError(kafka: code, "the sources of the group '\(self.group)' cannot be read"))
    }

    /// As what the coordinator knows this member; nil where it is none. The caller destroys it.
    ///
    /// Positions that come from no member at all are not refused: so it is made sure that it names one.
    func membership() -> OpaquePointer? {
        guard let before = self.handle.memberID, let found = rd_kafka_consumer_group_metadata(self.handle.pointer)
        else {
            return nil
        }
        guard before == self.handle.memberID else {
            rd_kafka_consumer_group_metadata_destroy(found)
            return nil
        }
        return found
    }

    /// Begins to read partitions that were assigned.
    func assign(_ places: [(topicPartition: TopicPartition, offset: Int64)]) throws(EventLogError) {
        let list = KafkaPartitionList(places.map { ($0.topicPartition, $0.offset, nil) })
        guard let error = rd_kafka_incremental_assign(self.handle.pointer, list.pointer) else { return }
        throw EventLogError(taking: error, "the assignment was not taken")
    }

    /// Reads partitions no more, and lets others have them.
    func unassign(_ partitions: [TopicPartition]) {
        let list = KafkaPartitionList(partitions, offset: -1_001)
        if let error = rd_kafka_incremental_unassign(self.handle.pointer, list.pointer) {
            rd_kafka_error_destroy(error)
        }
    }

    /// Goes on reading partitions elsewhere.
    func seek(_ places: [(topicPartition: TopicPartition, offset: Int64)]) throws(EventLogError) {
        guard !places.isEmpty else { return }
        let list = KafkaPartitionList(places.map { ($0.topicPartition, $0.offset, nil) })
        if let error = rd_kafka_seek_partitions(self.handle.pointer, list.pointer, self.timeout) {
            throw EventLogError(taking: error, "the sources of the group '\(self.group)' cannot be read again")
        }
        for element in list.elements where element.error != RD_KAFKA_RESP_ERR_NO_ERROR {
            throw EventLogError(kafka: element.error, "\(element.topicPartition) cannot be read again")
        }
    }

    /// The group's positions; a partition that it has none in is left out. Waits for transactions that hold them.
    func committed(_ partitions: [TopicPartition]) throws(EventLogError) -> [TopicPartition: Int64] {
        guard !partitions.isEmpty else { return [:] }
        let deadline = ContinuousClock.now + Self.positionPatience
        while true {
            let list = KafkaPartitionList(partitions, offset: -1_001)
            var code = rd_kafka_committed(self.handle.pointer, list.pointer, self.timeout)
            let found = list.elements
            if code == RD_KAFKA_RESP_ERR_NO_ERROR {
                code = found.first { $0.error != RD_KAFKA_RESP_ERR_NO_ERROR }?.error ?? code
            }
            guard code != RD_KAFKA_RESP_ERR_NO_ERROR else {
                return found.reduce(into: [:]) { if $1.offset >= 0 { $0[$1.topicPartition] = $1.offset } }
            }
            guard ContinuousClock.now < deadline, self.handle.fatalError == nil else {
                throw EventLogError(kafka: code, "the positions of the group '\(self.group)' cannot be read")
            }
        }
    }

    /// What the partition holds.
    func bounds(of topicPartition: TopicPartition) throws(EventLogError) -> OffsetBounds {
        try KafkaAdmin(handle: self.handle, timeoutMilliseconds: Int(self.timeout)).bounds(topicPartition).get()
    }

    /// Leaves the group and ends the client; of no use after it.
    ///
    /// librdkafka may tell more than once that partitions go; one answer ends it, and an answer that comes when it has
    /// ended is never heard: it would be waited for without end.
    func close() {
        self.free()
        self.awaitJoin()
        _ = self.handle.beginLeaving(self.queue)
        let deadline = ContinuousClock.now + KafkaHandle.endPatience
        var (isAsked, answered) = (false, ContinuousClock.Instant?.none)
        while rd_kafka_consumer_closed(self.handle.pointer) == 0, ContinuousClock.now < deadline {
            let (_, event) = self.take(max: Self.messagesMax, waitMilliseconds: 10)
            self.free()
            switch event {
            case .revoked, .lost, .assigned: isAsked = true
            default: break
            }
            if isAsked, answered.map({ $0.duration(to: .now) > Self.answerInterval }) ?? true {
                (isAsked, answered) = (false, .now)
                rd_kafka_assign(self.handle.pointer, nil)
            }
        }
        self.destroy()
    }

    /// Who leaves in the middle of a join is not heard, see ``KafkaMembership``.
    private func awaitJoin() {
        let deadline = ContinuousClock.now + KafkaHandle.endPatience
        while self.isJoining, self.handle.memberID != nil, ContinuousClock.now < deadline {
            let (_, event) = self.take(max: Self.messagesMax, waitMilliseconds: 10)
            self.free()
            switch event {
            case .assigned(let partitions): try? self.assign(partitions.map { ($0, Self.end) })
            case .revoked(let partitions), .lost(let partitions): self.unassign(partitions)
            default: break
            }
        }
    }
}
