import EventLog
import NIOPosix
import Synchronization

/// Threads for calls of librdkafka that wait for an answer of a broker.
final class BlockingCalls: Sendable {
    private let pool: NIOThreadPool
    private let haveEnded = Mutex(false)

    /// - Parameter threads: calls at the same time; others wait in line.
    init(threads: Int) {
        self.pool = NIOThreadPool(numberOfThreads: threads)
        self.pool.start()
    }

    /// Runs a call on one of the threads.
    /// - Throws: what the call gives; `closed` after ``stop()``.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable () -> Result<Value, EventLogError>
    ) async throws(EventLogError) -> Value {
        let result: Result<Value, EventLogError>
        do { result = try await self.pool.runIfActive { body() } } catch {
            throw EventLogError(.closed, "the log is closed")
        }
        return try result.get()
    }

    /// Runs a loop on a thread of its own until it ends.
    func submit(_ body: @escaping @Sendable () -> Void) {
        self.pool.submit { state in if case .active = state { body() } }
    }

    /// Lets the threads end when what they do has ended; what waits in line is not run. Returns then, or at the
    /// deadline.
    /// - Returns: whether they have ended.
    func stop(until deadline: ContinuousClock.Instant) async -> Bool {
        let stopped = KafkaSignal()
        self.pool.shutdownGracefully { _ in
            self.haveEnded.withLock { $0 = true }
            stopped.set()
        }
        await stopped.wait(until: deadline, endsWithTask: false)
        return self.haveEnded.withLock { $0 }
    }
}
