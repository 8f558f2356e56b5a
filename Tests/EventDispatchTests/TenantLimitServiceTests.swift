import EventDispatch
import EventLog
import Logging
import NIOCore
import RouterTestKit
import Subscriptions
import Synchronization
import TenantLimits
import Testing

/// Limits that live in a topic.
@Suite(.timeLimit(.minutes(1))) struct TenantLimitServiceTests {
    private static let topic = Topic("portarium.tenant-limits")

    private static func log() async throws -> SharedLog {
        let log = InMemoryEventLog()
        try await log.createTopic(TopicSpecification(topic: self.topic, partitions: 1, isCompacted: true))
        return SharedLog(log)
    }

    private static func service(on log: any EventLog) async throws -> LogTenantLimitService {
        var defaults = TenantLimits()
        defaults[.inFlight] = 512
        defaults[.eventsPerSecond] = 100
        let service = LogTenantLimitService(
            log: log, topic: self.topic, defaults: defaults, weights: ["heavy": 3],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await service.load()
        return service
    }

    @Test func whatIsSetIsInForceAtOnceAndAfterARestart() async throws {
        let log = try await Self.log()
        let service = try await Self.service(on: log)
        #expect(service.limits(of: "acme")[.eventsPerSecond] == 100)
        #expect(service.limits(of: "heavy")[.weight] == 3)
        let set = try await service.set([.eventsPerSecond: 5, .weight: 2], of: "acme")
        #expect(set.limits[.eventsPerSecond] == 5)
        #expect(set.limits[.inFlight] == 512)
        #expect(set.updatedAt != nil)
        let restarted = try await Self.service(on: log)
        #expect(restarted.limits(of: "acme") == set.limits)
        #expect(try await restarted.get("acme").overrides == [.eventsPerSecond: 5, .weight: 2])
        #expect(restarted.limits(of: "other")[.eventsPerSecond] == 100)
        let reset = try await restarted.set([:], of: "acme")
        #expect(reset.overrides.isEmpty && reset.updatedAt == nil)
        #expect(reset.limits[.eventsPerSecond] == 100)
        #expect(try await Self.service(on: log).get("acme").overrides.isEmpty)
    }

    @Test func whatChangesNothingIsNotWritten() async throws {
        let log = try await Self.log()
        let service = try await Self.service(on: log)
        _ = try await service.set([:], of: "acme")
        _ = try await service.set([.weight: 2], of: "acme")
        _ = try await service.set([.weight: 2], of: "acme")
        #expect(log.base.records(of: TopicPartition(Self.topic, Partition(0))).count == 1)
    }

    @Test func otherProcessesFollowAndTellWhoListens() async throws {
        let log = try await Self.log()
        let (one, other) = (try await Self.service(on: log), try await Self.service(on: log))
        let heard = Mutex<[String]>([])
        other.follow { tenant, limits in heard.withLock { $0.append("\(tenant) \(limits[.weight])") } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await other.run() }
            _ = try await one.set([.weight: 7], of: "acme")
            while heard.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(1)) }
            #expect(heard.withLock { $0 } == ["acme 7"])
            #expect(other.limits(of: "acme")[.weight] == 7)
            group.cancelAll()
        }
        // Who comes later hears of what there is.
        one.follow { tenant, limits in heard.withLock { $0.append("\(tenant) \(limits[.weight])") } }
        #expect(heard.withLock { $0.count } == 2)
    }

    @Test func aRecordThatCannotBeReadLeavesWhatWasThere() async throws {
        let log = try await Self.log()
        let service = try await Self.service(on: log)
        _ = try await service.set([.weight: 7], of: "acme")
        _ = try await log.append([
            ProducerRecord(
                topic: Self.topic, partition: Partition(0),
                record: LogRecord(
                    key: ByteBuffer(string: "acme"), value: ByteBuffer(string: "no JSON"),
                    timestamp: Timestamp(milliseconds: 0)))
        ])
        #expect(try await service.get("acme").limits[.weight] == 7)
    }
}
