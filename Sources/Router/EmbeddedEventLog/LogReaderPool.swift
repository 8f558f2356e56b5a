import EventLog
import Synchronization

/// The connections that fetch: a call goes to the one with the fewest calls before it.
final class LogReaderPool: Sendable {
    private let readers: [LogReader]
    private let calls: Mutex<[Int]>

    init(path: String, count: Int) throws {
        self.readers = try (0..<count).map { _ in try LogReader(path: path) }
        self.calls = Mutex(Array(repeating: 0, count: count))
    }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (LogReader, OpaquePointer) throws -> Value
    ) async throws(EventLogError) -> Value {
        let index = self.calls.withLock { calls in
            var least = 0
            for index in calls.indices where calls[index] < calls[least] { least = index }
            calls[least] += 1
            return least
        }
        defer { self.calls.withLock { $0[index] -= 1 } }
        return try await self.readers[index].read(body)
    }

    func close() async {
        for reader in self.readers { await reader.close() }
    }
}
