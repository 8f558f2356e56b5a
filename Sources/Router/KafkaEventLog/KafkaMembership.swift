import CRdKafka
import EventLog
import Logging
import Synchronization

/// This process's place in the group of replicas: which partitions it dispatches.
///
/// The group is an ordinary consumer group with cooperative assignment: a rebalance takes only the partitions that
/// move. Nothing is read through its client; its partitions are paused.
final class KafkaMembership: Sendable {
    private struct State {
        var handle: KafkaHandle?
        var isLeaving = false
        /// Who waits for the end of ``run(_:_:)``.
        var leavers: [CheckedContinuation<Void, Never>] = []
        var assigned: Set<TopicPartition> = []
        /// Commits under way, which need the handle.
        var commits = 0
        /// Whether the group ever gave the client an assignment, be it of nothing.
        var wasAssigned = false
        /// Whether the group owes the client an assignment.
        var isJoining = true
        /// What kept it out last.
        var fault = RD_KAFKA_RESP_ERR_NO_ERROR
    }

    /// A member that gives up partitions joins anew right after it. Some coordinators are still answering the others
    /// then, and lose the answer: who comes back is not quicker than this.
    private static let revokeMin = Duration.milliseconds(100)
    /// Older ones cannot free a member that joined and was never given an assignment: version 2.3.0.
    static let firstVersionToFreeAtAnyTime: Int32 = 0x02_03_00_00
    private let configuration: KafkaEventLogConfiguration
    private let calls: BlockingCalls
    private let logger: Logger
    private let signal = KafkaSignal()
    private let state = Mutex(State())

    init(_ configuration: KafkaEventLogConfiguration, _ calls: BlockingCalls, logger: Logger) {
        self.configuration = configuration
        self.calls = calls
        self.logger = logger
    }

    /// The group's name on the cluster.
    var group: String { "\(self.configuration.prefix).tail" }
    var isMember: Bool { self.state.withLock { $0.handle != nil } }

    /// Takes part until ``leave()`` or until the task is cancelled; see ``EventLogMembership/takePart(in:_:)``.
    func run(_ topics: [Topic], _ listener: any PartitionListener) async throws(EventLogError) {
        let settings = KafkaSettings.member(self.configuration, group: self.group)
        let handle = try KafkaHandle(.consumer, settings, logger: self.logger)
        let isOver = self.state.withLock { state in
            if !state.isLeaving { state.handle = handle }
            return state.isLeaving
        }
        if isOver { return await self.free(handle, hasJoined: false, hasLeft: true) }
        let queue = rd_kafka_queue_get_consumer(handle.pointer)
        rd_kafka_queue_cb_event_enable(queue, KafkaSignal.callback, Unmanaged.passUnretained(self.signal).toOpaque())
        let list = KafkaPartitionList(topics.map { TopicPartition($0, Partition(-1)) }, offset: -1_001)
        let code = rd_kafka_subscribe(handle.pointer, list.pointer)
        var failure =
            code == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : EventLogError(kafka: code, "the group cannot be joined")
        if failure == nil {
            do throws(EventLogError) { try await self.follow(handle, queue, listener) } catch { failure = error }
        }
        rd_kafka_queue_cb_event_enable(queue, nil, nil)
        let hasLeft = rd_kafka_consumer_closed(handle.pointer) != 0
        rd_kafka_queue_destroy(queue)
        let left = self.state.withLock { $0.assigned }
        if failure != nil, !left.isEmpty { await listener.lost(left.sorted()) }
        await self.free(handle, hasJoined: true, hasLeft: hasLeft)
        if let failure { throw failure }
    }

    private func free(_ handle: KafkaHandle, hasJoined: Bool, hasLeft: Bool) async {
        let (leavers, wasAssigned) = self.state.withLock { state in
            state.handle = nil
            state.assigned = []
            defer { state.leavers = [] }
            return (state.leavers, state.wasAssigned)
        }
        // Nobody begins a commit any more; each of those under way has a limit.
        while self.state.withLock({ $0.commits > 0 }) {
            await KafkaSignal().wait(until: .now + .milliseconds(5), endsWithTask: false)
        }
        // librdkafka ends the process there: https://github.com/confluentinc/librdkafka/issues/4312
        let isFatal = hasJoined && !wasAssigned && rd_kafka_version() < Self.firstVersionToFreeAtAnyTime
        if isFatal {
            handle.abandon()
        } else {
            _ = try? await self.calls.run { () -> Result<Void, EventLogError> in
                .success(handle.destroy(leavesGroup: hasLeft))
            }
        }
        for leaver in leavers { leaver.resume() }
    }

    /// Who leaves in the middle of a join is not heard: a broker answers one request of a connection after the other,
    /// and answers the join when all others have come. Until its session is over the group would wait for who is gone.
    /// So the answer is waited for.
    private func follow(
        _ handle: KafkaHandle, _ queue: OpaquePointer?, _ listener: any PartitionListener
    ) async throws(EventLogError) {
        var isClosing = false
        var deadline: ContinuousClock.Instant?
        while true {
            self.signal.clear()
            while let event = rd_kafka_queue_poll(queue, 0) {
                await self.take(event, handle, listener)
                rd_kafka_event_destroy(event)
                if isClosing { deadline = .now + KafkaHandle.endPatience }
            }
            let isOver = deadline.map { ContinuousClock.now >= $0 } ?? false
            if isClosing, isOver || rd_kafka_consumer_closed(handle.pointer) != 0 { return }
            if let fault = handle.fatalError {
                throw EventLogError(
                    .unavailable,
                    "this replica was put out of the group '\(self.group)': \(fault.text); "
                        + "no two replicas may have the same instance id")
            }
            let isLeaving = self.state.withLock { $0.isLeaving } || Task.isCancelled
            if isLeaving, deadline == nil { deadline = .now + KafkaHandle.endPatience }
            if isLeaving, !isClosing, isOver || !self.isJoining(handle) {
                isClosing = true
                deadline = .now + KafkaHandle.endPatience
                guard handle.beginLeaving(queue) else { return }
                continue
            }
            // librdkafka wants to be asked now and then, or it takes the member for dead.
            await self.signal.wait(
                until: .now + (isLeaving ? .milliseconds(10) : .seconds(1)), endsWithTask: !isLeaving)
        }
    }

    private func isJoining(_ handle: KafkaHandle) -> Bool {
        self.state.withLock { $0.isJoining } && handle.memberID != nil
    }

    private func take(_ event: OpaquePointer, _ handle: KafkaHandle, _ listener: any PartitionListener) async {
        guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE,
            let list = rd_kafka_event_topic_partition_list(event)
        else { return self.complain(of: rd_kafka_event_error(event), handle) }
        let partitions = KafkaPartitionList.elements(of: list).map(\.topicPartition).sorted()
        switch rd_kafka_event_error(event) {
        case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
            self.state.withLock { state in
                (state.wasAssigned, state.isJoining) = (true, false)
                state.fault = RD_KAFKA_RESP_ERR_NO_ERROR
            }
            // Nothing is read through this client, so any offset will do.
            let places = KafkaPartitionList(partitions, offset: 0)
            Self.carryOut(rd_kafka_incremental_assign(handle.pointer, places.pointer), self.logger)
            rd_kafka_pause_partitions(handle.pointer, places.pointer)
            self.state.withLock { $0.assigned.formUnion(partitions) }
            self.log("partitions came", partitions)
            if !partitions.isEmpty { await listener.assigned(partitions) }
        case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
            let isLost = rd_kafka_assignment_lost(handle.pointer) != 0
            if isLost {
                self.state.withLock { $0.assigned.subtract(partitions) }
                self.log("partitions were lost", partitions)
                if !partitions.isEmpty { await listener.lost(partitions) }
            } else {
                self.log("partitions go", partitions)
                let start = ContinuousClock.now
                if !partitions.isEmpty { await listener.revoked(partitions) }
                let settled = start + Self.revokeMin
                // Not by the signal of the queue, which something else may have set.
                if ContinuousClock.now < settled { await KafkaSignal().wait(until: settled, endsWithTask: false) }
                self.state.withLock { $0.assigned.subtract(partitions) }
            }
            self.state.withLock { $0.isJoining = true }
            let places = KafkaPartitionList(partitions, offset: 0)
            Self.carryOut(rd_kafka_incremental_unassign(handle.pointer, places.pointer), self.logger)
        default:
            self.logger.warning(
                "the partitions of this replica could not be settled",
                metadata: ["error": "\(String(cString: rd_kafka_err2str(rd_kafka_event_error(event))))"])
        }
    }

    /// Tells of what keeps this replica out of the group, once for each reason. librdkafka tries again by itself.
    private func complain(of code: rd_kafka_resp_err_t, _ handle: KafkaHandle) {
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
        let isNew = self.state.withLock { state in
            defer { state.fault = code }
            return state.fault != code
        }
        guard isNew else { return }
        let hint =
            code == RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT
            ? "; the brokers allow 6000 to 1800000 ms where nothing else is configured" : ""
        let error = EventLogError(kafka: code, "the group cannot be joined", from: handle)
        self.logger.warning(
            "the group of replicas cannot be joined now, and it is tried again",
            metadata: ["group": "\(self.group)", "error": "\(error)\(hint)"])
    }

    private func log(_ message: Logger.Message, _ partitions: [TopicPartition]) {
        self.logger.info(message, metadata: ["group": "\(self.group)", "partitions": "\(partitions.count)"])
    }

    private static func carryOut(_ error: OpaquePointer?, _ logger: Logger) {
        guard let error else { return }
        let fault = EventLogError(taking: error, "the assignment was not taken")
        logger.warning("an assignment of partitions was not taken", metadata: ["error": "\(fault)"])
    }

    /// Stores positions of the group as its member: the coordinator refuses who is it no more.
    ///
    /// - Throws: ``EventLogError`` `unavailable` where this process has not all of the partitions, the coordinator
    ///   refuses, or does not answer.
    func commit(
        _ positions: [(topicPartition: TopicPartition, committed: CommittedOffset)]
    ) async throws(EventLogError) {
        let member = self.state.withLock { state -> KafkaHandle? in
            guard positions.allSatisfy({ state.assigned.contains($0.topicPartition) }), let handle = state.handle else {
                return nil
            }
            state.commits += 1
            return handle
        }
        guard let handle = member else {
            throw EventLogError(
                .unavailable, "positions cannot be stored: this replica has lost some of the partitions")
        }
        defer { self.state.withLock { $0.commits -= 1 } }
        let timeout = Int32(clamping: self.configuration.requestTimeoutMilliseconds)
        try await self.calls.run { Self.commit(positions, by: handle, timeoutMilliseconds: timeout) }
    }

    /// librdkafka's own call that waits does so without end where the coordinator does not answer. For a blocking
    /// thread.
    private static func commit(
        _ positions: [(topicPartition: TopicPartition, committed: CommittedOffset)], by handle: KafkaHandle,
        timeoutMilliseconds: Int32
    ) -> Result<Void, EventLogError> {
        func failure(_ code: rd_kafka_resp_err_t) -> Result<Void, EventLogError> {
            .failure(EventLogError(kafka: code, "positions cannot be stored", from: handle))
        }
        let list = KafkaPartitionList(
            positions.map { ($0.topicPartition, $0.committed.offset.value, $0.committed.metadata) })
        let queue = rd_kafka_queue_new(handle.pointer)
        defer { rd_kafka_queue_destroy(queue) }
        let code = rd_kafka_commit_queue(handle.pointer, list.pointer, queue, nil, nil)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { return failure(code) }
        guard let event = rd_kafka_queue_poll(queue, timeoutMilliseconds) else {
            return failure(RD_KAFKA_RESP_ERR__TIMED_OUT)
        }
        defer { rd_kafka_event_destroy(event) }
        var codes = [rd_kafka_event_error(event)]
        if let answers = rd_kafka_event_topic_partition_list(event) {
            codes += KafkaPartitionList.elements(of: answers).map(\.error)
        }
        return codes.first { $0 != RD_KAFKA_RESP_ERR_NO_ERROR }.map(failure) ?? .success(())
    }

    /// Ends ``run(_:_:)``, and returns when it has ended.
    func leave() async {
        await withCheckedContinuation { continuation in
            let isOut = self.state.withLock { state in
                state.isLeaving = true
                if state.handle == nil { return true }
                state.leavers.append(continuation)
                return false
            }
            self.signal.set()
            if isOut { continuation.resume() }
        }
    }
}
