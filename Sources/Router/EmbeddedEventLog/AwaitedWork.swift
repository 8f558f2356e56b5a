import EventLog
import Synchronization

/// Work on the writer's connection whose result goes back to a task.
final class AwaitedWork<Value: Sendable>: WriterWork {
    private let body: @Sendable (WriterConnection) throws -> Value
    private let onCommit: (@Sendable (WriterConnection, Value) -> Void)?
    private let continuation: CheckedContinuation<Result<Value, EventLogError>, Never>
    private let value = Mutex<Value?>(nil)

    init(
        body: @escaping @Sendable (WriterConnection) throws -> Value,
        onCommit: (@Sendable (WriterConnection, Value) -> Void)?,
        continuation: CheckedContinuation<Result<Value, EventLogError>, Never>
    ) {
        self.body = body
        self.onCommit = onCommit
        self.continuation = continuation
    }

    func run(_ connection: WriterConnection) throws {
        let value = try self.body(connection)
        self.value.withLock { $0 = value }
    }

    func didCommit(_ connection: WriterConnection) {
        guard let onCommit = self.onCommit, let value = self.value.withLock({ $0 }) else { return }
        onCommit(connection, value)
    }

    func complete(_ error: EventLogError?) {
        let value = self.value.withLock { $0 }
        if let error {
            self.continuation.resume(returning: .failure(error))
        } else if let value {
            self.continuation.resume(returning: .success(value))
        } else {
            self.continuation.resume(
                returning: .failure(EventLogError(.unavailable, "the writer of the embedded log did not run this call"))
            )
        }
    }
}
