import EventLog
import Synchronization

/// Which assignment of a partition a tail is read for.
struct TailAssignment: Sendable, Hashable {
    var topicPartition: TopicPartition
    var number: UInt64
}

/// The tasks that read partitions, each from ``start(_:)`` to ``stop(_:)``, all within ``run(_:)``.
final class TailTasks: Sendable {
    private let stops = Mutex<[TopicPartition: AsyncStream<Void>.Continuation]>([:])
    private let wishes: AsyncStream<(TailAssignment, stop: AsyncStream<Void>)>
    private let continuation: AsyncStream<(TailAssignment, stop: AsyncStream<Void>)>.Continuation

    init() {
        (self.wishes, self.continuation) = AsyncStream.makeStream()
    }

    /// Begins to read a partition; what read it before is stopped.
    func start(_ tail: TailAssignment) {
        let (stop, continuation) = AsyncStream.makeStream(of: Void.self)
        let earlier = self.stops.withLock { $0.updateValue(continuation, forKey: tail.topicPartition) }
        earlier?.finish()
        self.continuation.yield((tail, stop))
    }

    /// Cancels the read of a partition, without waiting for it to end.
    func stop(_ topicPartition: TopicPartition) {
        self.stops.withLock { $0.removeValue(forKey: topicPartition) }?.finish()
    }

    /// Reads what was started and is started, until the task is cancelled; once per instance.
    func run(_ read: @escaping @Sendable (TailAssignment) async -> Void) async {
        await withDiscardingTaskGroup { group in
            for await (tail, stop) in self.wishes {
                group.addTask {
                    await withTaskGroup(of: Void.self) { reading in
                        reading.addTask { await read(tail) }
                        reading.addTask { for await _ in stop {} }
                        await reading.next()
                        reading.cancelAll()
                    }
                }
            }
        }
    }
}
