import EmbeddedEventLog
import EventLog
import RouterTestKit
import Synchronization
import Testing

/// The contract of the log, checked on both logs of this repository that need no broker.
struct EventLogContractTests {
    @Test(arguments: EventLogContract.all)
    func inMemoryLogKeepsItsContract(check: EventLogContract.Check) async throws {
        let log = InMemoryEventLog(recordBytesMax: 4 << 20)
        try await check.run(
            EventLogContractSubject(
                log: log, prefix: "contract", recordBytesMax: 4 << 20, reopen: { log }, sweep: { log.sweep(now: $0) }))
    }

    @Test(arguments: EventLogContract.all)
    func embeddedLogKeepsItsContract(check: EventLogContract.Check) async throws {
        try await withDirectory { directory in
            var configuration = EmbeddedEventLogConfiguration(directory: directory)
            configuration.recordBytesMax = 4 << 20
            // Small steps, so that a sweep takes many transactions.
            configuration.sweepRowsMax = 100
            let current = CurrentLog(try EmbeddedEventLog(configuration: configuration))
            let settings = configuration
            let result = await Result {
                try await check.run(
                    EventLogContractSubject(
                        log: current.log, prefix: "contract", recordBytesMax: 4 << 20,
                        reopen: {
                            await current.log.close()
                            current.log = try EmbeddedEventLog(configuration: settings)
                            return current.log
                        },
                        sweep: { try await current.log.sweep(now: $0) }))
            }
            await current.log.close()
            try result.get()
        }
    }
}

/// The log that a test has open now.
private final class CurrentLog: Sendable {
    private let state: Mutex<EmbeddedEventLog>

    init(_ log: EmbeddedEventLog) { self.state = Mutex(log) }

    var log: EmbeddedEventLog {
        get { self.state.withLock { $0 } }
        set { self.state.withLock { $0 = newValue } }
    }
}

extension Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
