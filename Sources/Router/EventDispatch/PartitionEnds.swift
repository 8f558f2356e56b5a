import Delivery
import EventLog
import Synchronization

/// Where event partitions end, for streams that follow them: the tails know of those that this process dispatches, and
/// of the others the log is asked, for all streams together.
final class PartitionEnds: Sendable {
    /// What the log said about partitions of others is taken for so long, in milliseconds.
    private static let ageMillisecondsMax: Int64 = 100

    private struct Known {
        var ends: [TopicPartition: Offset] = [:]
        var at: [TopicPartition: Int64] = [:]
    }

    private let dispatcher: Dispatcher
    private let known = Mutex(Known())
    /// Held by who asks.
    private let gate = SerialGate()

    init(dispatcher: Dispatcher) { self.dispatcher = dispatcher }

    /// The ends of these partitions; of those that another process dispatches, as they were up to 100 ms ago.
    func now(of partitions: [TopicPartition]) async throws(EventLogError) -> [TopicPartition: Offset] {
        let isShared = self.dispatcher.log.isShared
        var ends: [TopicPartition: Offset] = [:]
        if self.dispatcher.isDispatching {
            ends = self.dispatcher.core.look { state in
                isShared ? state.ends.filter { state.machine.isAssigned($0.key) } : state.ends
            }
            if !isShared { return ends }
        }
        let others = partitions.filter { ends[$0] == nil }
        guard !others.isEmpty else { return ends }
        for (topicPartition, end) in try await self.asked(others) { ends[topicPartition] = end }
        return ends
    }

    private func asked(_ partitions: [TopicPartition]) async throws(EventLogError) -> [TopicPartition: Offset] {
        await self.gate.enter()
        defer { self.gate.leave() }
        let now = DispatchClock.monotonicMilliseconds
        let old = self.known.withLock { known in
            partitions.filter { now - (known.at[$0] ?? .min / 2) >= Self.ageMillisecondsMax }
        }
        if !old.isEmpty {
            let bounds = try await self.dispatcher.bounds(of: old)
            self.known.withLock { known in
                for (topicPartition, bounds) in bounds {
                    known.ends[topicPartition] = bounds.end
                    known.at[topicPartition] = now
                }
            }
        }
        return self.known.withLock { known in
            Dictionary(partitions.compactMap { place in known.ends[place].map { (place, $0) } }) { first, _ in first }
        }
    }
}
