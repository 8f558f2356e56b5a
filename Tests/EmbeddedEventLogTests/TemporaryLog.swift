import EmbeddedEventLog
import EventLog
import RouterTestKit

/// A fresh log in a directory of its own, closed and removed at the end.
func withLog<Value>(
    _ configure: (inout EmbeddedEventLogConfiguration) -> Void = { _ in },
    _ body: (EmbeddedEventLog) async throws -> Value
) async throws -> Value {
    try await withDirectory { directory in
        var configuration = EmbeddedEventLogConfiguration(directory: directory + "/log")
        configure(&configuration)
        let log = try EmbeddedEventLog(configuration: configuration)
        do {
            let value = try await body(log)
            await log.close()
            return value
        } catch {
            await log.close()
            throw error
        }
    }
}
