import EmbeddedEventLog
import EventLog
import FoundationEssentials
import Logging
import ServiceLifecycle

/// Lets retention and compaction do their work now and then.
struct LogSweeper: Service {
    let log: EmbeddedEventLog
    let interval: Duration
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: self.interval)
                if Task.isCancelled { return }
                do {
                    let now = Int64(Date().timeIntervalSince1970 * 1_000)
                    try await self.log.sweep(now: Timestamp(milliseconds: now))
                } catch {
                    self.logger.warning("the log could not be swept", metadata: ["error": "\(error)"])
                }
            }
        }
    }
}
