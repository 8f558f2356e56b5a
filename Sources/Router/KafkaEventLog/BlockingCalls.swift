import EventLog
import NIOPosix

/// Threads for calls of librdkafka that wait for an answer of a broker.
final class BlockingCalls: Sendable {
    private let pool: NIOThreadPool

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

    /// Lets the threads end when what they do has ended; what waits in line is not run.
    func stop() async { try? await self.pool.shutdownGracefully() }
}
