import EventLog
import KafkaEventLog
import KafkaTestKit
import ProcessKit
import RouterTestKit
import Testing

/// A client of the shared broker behind a listener that asks who its clients are.
struct SecuredLog: Sendable {
    static let user = "portarium"
    static let password = "pssst-3f9c"

    /// For those who are not let in: they need not wait for long.
    static let impatient: @Sendable (inout KafkaEventLogConfiguration) -> Void = { configuration in
        configuration.requestTimeoutMilliseconds = 15_000
        configuration.deliveryTimeoutMilliseconds = 15_000
    }

    let log: KafkaEventLog
    let lines: LogLines
    let prefix: String

    /// Runs `body` with a client that signs in as `client` says, at a listener that wants what `listener` says.
    static func with<R>(
        _ listener: ListenerSecurity, _ client: KafkaSecurity,
        _ change: (inout KafkaEventLogConfiguration) -> Void = { _ in }, _ body: (SecuredLog) async throws -> R
    ) async throws -> R {
        let broker = try await NoidaBroker.shared()
        return try await TCPProxy.with(upstreamPort: broker.port, portMap: nil, security: listener) { proxy in
            let prefix = unusedPrefix()
            var configuration = KafkaEventLogConfiguration(brokers: "127.0.0.1:\(proxy.port)")
            configuration.prefix = prefix
            configuration.security = client
            configuration.requestTimeoutMilliseconds = 20_000
            change(&configuration)
            let lines = LogLines()
            let log = try KafkaEventLog(configuration: configuration, logger: lines.logger)
            let result: Result<R, any Error>
            do { result = .success(try await body(SecuredLog(log: log, lines: lines, prefix: prefix))) } catch {
                result = .failure(error)
            }
            await log.close()
            for line in lines.whole { #expect(!line.contains(Self.password)) }
            return try result.get()
        }
    }

    /// The writer, a reader and the client that asks for topics and positions all get in.
    func appendsAndReadsBack() async throws {
        let topic = Topic("\(self.prefix).t")
        let place = TopicPartition(topic, Partition(0))
        try await self.log.createTopic(TopicSpecification(topic: topic, partitions: 1))
        let positions = try await self.log.append(["a", "b"].map { ClusterLog.record(place, $0) })
        #expect(positions.map(\.offset) == [Offset(0), Offset(1)])
        #expect(try await ClusterLog.texts(place, in: self.log) == ["a", "b"])
        let group = ConsumerGroup("\(self.prefix).g")
        let committed = CommittedOffset(offset: Offset(1), metadata: "m")
        try await self.log.commit([GroupCommit(group: group, topicPartition: place, committed: committed)])
        #expect(try await self.log.committed(groupsWithPrefix: group.name)[group]?[place] == committed)
        try await self.log.probe()
    }

    /// What every kind of call says where nobody gets in, each within the limits of the client.
    func refusals() async -> [EventLogError] {
        let log = self.log
        let place = TopicPartition(Topic("\(self.prefix).t"), Partition(0))
        let group = ConsumerGroup("\(self.prefix).g")
        let calls: [@Sendable () async throws -> Void] = [
            { try await log.probe() },
            { _ = try await log.topics() },
            { _ = try await log.clusterID() },
            { _ = try await log.append([ClusterLog.record(place, "a")]) },
            { _ = try await log.fetch(place, from: .zero, maxRecords: 1, maxBytes: 1, waitMax: .seconds(1)) },
            { _ = try await log.committed(groupsWithPrefix: group.name) },
        ]
        let start = ContinuousClock.now
        let errors = await withTaskGroup(of: EventLogError?.self, returning: [EventLogError].self) { tasks in
            for call in calls {
                tasks.addTask {
                    do { try await call() } catch { return error as? EventLogError }
                    return nil
                }
            }
            var errors: [EventLogError] = []
            for await error in tasks { if let error { errors.append(error) } }
            return errors
        }
        #expect(errors.count == calls.count)
        #expect(ContinuousClock.now - start < .seconds(60))
        return errors
    }

    /// Every call is refused for a while and says these words, and never the password.
    func expectRefusals(saying words: String...) async {
        for error in await self.refusals() {
            #expect(error.code == .unavailable)
            for word in words { #expect(error.message.contains(word), "\(self.lines.whole)") }
            #expect(!"\(error)".contains(Self.password))
        }
    }
}
