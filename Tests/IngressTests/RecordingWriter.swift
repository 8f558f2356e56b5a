import EventLog
import Synchronization

/// A log that keeps what it is given, or does what a log in trouble does.
final class RecordingWriter: EventLogWriter {
    private struct State {
        var appends: [[ProducerRecord]] = []
        var ends: [TopicPartition: Int64] = [:]
        var failure: EventLogError?
        var partial: (isFailing: @Sendable (ProducerRecord) -> Bool, error: EventLogError)?
        var isHeld = false
        var holds: @Sendable (ProducerRecord) -> Bool = { _ in true }
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    let appendsAtomically: Bool
    private let arrivals: AsyncStream<Void>
    private let arrived: AsyncStream<Void>.Continuation

    init(appendsAtomically: Bool = true) {
        self.appendsAtomically = appendsAtomically
        (self.arrivals, self.arrived) = AsyncStream.makeStream()
    }

    /// One element a call that was not refused.
    var appends: [[ProducerRecord]] { self.state.withLock { $0.appends } }
    var records: [ProducerRecord] { self.appends.flatMap { $0 } }

    /// From now on appends throw.
    func fail(_ error: EventLogError) { self.state.withLock { $0.failure = error } }

    /// From now on appends that hold such a record throw.
    func fail(where isFailing: @escaping @Sendable (ProducerRecord) -> Bool, _ error: EventLogError) {
        self.state.withLock { $0.partial = (isFailing, error) }
    }

    /// From now on appends wait for ``release()``.
    func hold() { self.hold { _ in true } }

    /// From now on appends that hold such a record wait for ``release()``.
    func hold(where holds: @escaping @Sendable (ProducerRecord) -> Bool) {
        self.state.withLock { ($0.isHeld, $0.holds) = (true, holds) }
    }

    /// Lets all waiting appends go on.
    func release() {
        let waiting = self.state.withLock { state in
            state.isHeld = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns when so many appends have begun.
    func awaitAppends(_ count: Int) async {
        var left = count
        for await _ in self.arrivals {
            left -= 1
            if left == 0 { return }
        }
    }

    func append(_ records: [ProducerRecord]) async throws(EventLogError) -> [Position] {
        if let failure = self.state.withLock({ $0.failure }) { throw failure }
        if let partial = self.state.withLock({ $0.partial }), records.contains(where: partial.isFailing) {
            throw partial.error
        }
        self.arrived.yield()
        await withCheckedContinuation { continuation in
            let isHeld = self.state.withLock { state in
                let isHeld = state.isHeld && records.contains(where: state.holds)
                if isHeld { state.waiting.append(continuation) }
                return isHeld
            }
            if !isHeld { continuation.resume() }
        }
        return self.state.withLock { state in
            state.appends.append(records)
            return records.map { record in
                let topicPartition = TopicPartition(record.topic, Partition(3))
                defer { state.ends[topicPartition, default: 0] += 1 }
                return Position(topicPartition, Offset(state.ends[topicPartition, default: 0]))
            }
        }
    }
}
