import EventLog
import Synchronization

extension EmbeddedEventLog {
    /// Probes that may wait for the writer at once.
    private static let probesPendingMax = 16

    /// Writes something durably, behind everything that waits, and returns when it is done: whether events can be
    /// appended now. Ends at once where the task is cancelled.
    /// - Throws: ``EventLogError`` `full` where the disk or the size limit of the log leaves no room; `unavailable`,
    ///   also where 16 earlier probes wait for the writer, or the task is cancelled; `closed`.
    public func probe() async throws(EventLogError) {
        let log = self
        guard self.probesPending.add(1, ordering: .relaxed).newValue <= Self.probesPendingMax else {
            self.probesPending.subtract(1, ordering: .relaxed)
            throw EventLogError(.unavailable, "the log's writer has not answered earlier probes")
        }
        let work = ProbeWork { log.probesPending.subtract(1, ordering: .relaxed) }
        let error = await withTaskCancellationHandler {
            await work.result(from: self.writer)
        } onCancel: {
            work.answer(EventLogError(.unavailable, "the log did not finish a write in time"))
        }
        if let error { throw error }
    }
}

/// One probe: answered by the writer, or before by whoever does not want to wait any longer.
private final class ProbeWork: WriterWork {
    private enum State {
        /// Nobody waits yet. → `waiting` or `answered`.
        case idle
        /// → `answered`.
        case waiting(CheckedContinuation<EventLogError?, Never>)
        /// Final.
        case answered(EventLogError?)
    }

    private let state = Mutex(State.idle)
    private let onEnd: @Sendable () -> Void

    init(onEnd: @escaping @Sendable () -> Void) { self.onEnd = onEnd }

    /// Hands itself to the writer and waits; nil where all went well.
    func result(from writer: LogWriter) async -> EventLogError? {
        await withCheckedContinuation { continuation in
            let answer: EventLogError?? = self.state.withLock { state in
                if case .answered(let error) = state { return .some(error) }
                state = .waiting(continuation)
                return .none
            }
            if let answer {
                self.onEnd()
                return continuation.resume(returning: answer)
            }
            do throws(EventLogError) { try writer.submit(self) } catch { self.complete(error) }
        }
    }

    func answer(_ error: EventLogError?) {
        let continuation: CheckedContinuation<EventLogError?, Never>? = self.state.withLock { state in
            switch state {
            case .idle:
                state = .answered(error)
                return nil
            case .waiting(let continuation):
                state = .answered(error)
                return continuation
            case .answered: return nil
            }
        }
        continuation?.resume(returning: error)
    }

    func run(_ connection: WriterConnection) throws { try connection.probe() }

    func didCommit(_ connection: WriterConnection) {}

    func complete(_ error: EventLogError?) {
        self.onEnd()
        self.answer(error)
    }
}
