import CRdKafka
import NIOCore
import NIOPosix
import Synchronization

/// Says that something has come into a queue of librdkafka; one task may wait for it.
final class KafkaSignal: Sendable {
    private struct State {
        var isSet = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// For `rd_kafka_queue_cb_event_enable`, with this object as its opaque: called when a queue that was empty is so
    /// no more, on a thread of librdkafka.
    static let callback: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> Void = { _, opaque in
        guard let opaque else { return }
        Unmanaged<KafkaSignal>.fromOpaque(opaque).takeUnretainedValue().set()
    }

    func set() {
        let waiter = self.state.withLock { state in
            state.isSet = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Forgets what came before; to be called before the queue is looked at.
    func clear() { self.state.withLock { $0.isSet = false } }

    /// Suspends until ``set()``, which may have come since ``clear()``, until the deadline, or until the task is
    /// cancelled.
    /// - Parameter endsWithTask: false for what has to be waited for in a cancelled task too.
    func wait(until deadline: ContinuousClock.Instant, endsWithTask: Bool = true) async {
        let rest = ContinuousClock.now.duration(to: deadline)
        guard rest > .zero, !(endsWithTask && Task.isCancelled) else { return }
        let timer = MultiThreadedEventLoopGroup.singleton.next().scheduleTask(
            in: .milliseconds(max(1, rest.wholeMilliseconds))
        ) { self.set() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isSet = self.state.withLock { state in
                    if state.isSet { return true }
                    state.waiter = continuation
                    return false
                }
                if isSet { continuation.resume() }
            }
        } onCancel: {
            if endsWithTask { self.set() }
        }
        timer.cancel()
    }
}
