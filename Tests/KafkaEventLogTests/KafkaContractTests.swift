import EventLog
import KafkaEventLog
import KafkaTestKit
import RouterTestKit
import Testing

/// The contract of the log, on brokers that nobody here wrote.
struct KafkaContractTests {
    @Test(
        .enabled(if: ServiceFiles.areInstalled, "scripts/test-services.sh was not run"),
        arguments: EventLogContract.all)
    func noidaKeepsTheContract(check: EventLogContract.Check) async throws {
        try await Self.run(check, at: try await NoidaBroker.shared().bootstrap)
    }

    private static func run(
        _ check: EventLogContract.Check, at brokers: String,
        makeTopic: (@Sendable (TopicSpecification) async throws -> Void)? = nil
    ) async throws {
        let prefix = unusedPrefix()
        let current = try await CurrentKafkaLog(brokers: brokers, prefix: prefix)
        let result: Result<Void, any Error>
        do {
            try await check.run(
                EventLogContractSubject(
                    log: current.log, prefix: prefix, recordBytesMax: CurrentKafkaLog.recordBytesMax,
                    reopen: { try await current.reopen() }, makeTopic: makeTopic))
            result = .success(())
        } catch { result = .failure(error) }
        await current.log.close()
        try result.get()
    }
}
