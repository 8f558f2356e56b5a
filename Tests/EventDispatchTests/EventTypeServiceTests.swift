import EventDispatch
import EventLog
import EventTypes
import JSONSchema
import Logging
import NIOCore
import RouterTestKit
import Testing

/// Event types that live in a topic, which several processes share.
@Suite(.timeLimit(.minutes(1))) struct EventTypeServiceTests {
    private static let configuration = EventTypeServiceConfiguration()
    private static let order = #"{"type":"object","required":["total"]}"#

    private static func log() async throws -> SharedLog {
        let log = InMemoryEventLog()
        for topic in self.configuration.topics { try await log.createTopic(topic) }
        return SharedLog(log)
    }

    private static func service(on log: any EventLog) async throws -> LogEventTypeService {
        let service = LogEventTypeService(
            configuration: self.configuration, log: log, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await service.load()
        return service
    }

    private static func request(
        _ schema: String? = Self.order, type: String = "t", mode: EventTypeMode? = .enforce,
        _ compatibility: SchemaCompatibility? = nil
    ) -> EventTypeRequest {
        var request = EventTypeRequest(tenant: "a", type: type, schema: schema)
        request.mode = mode
        request.compatibility = compatibility
        return request
    }

    @Test func whatIsRegisteredIsJudgedHereAndAfterARestart() async throws {
        let log = try await Self.log()
        let service = try await Self.service(on: log)
        #expect(service.judged(of: "a") == nil)
        _ = try await service.register(Self.request())
        _ = try await service.register(Self.request(#"{"type":"object"}"#, mode: nil))
        _ = try await service.register(Self.request("{}", type: "off", mode: .off))
        for service in [service, try await Self.service(on: log)] {
            let rules = try #require(service.judged(of: "a")).rules
            #expect(rules.keys.sorted() == ["t"])
            #expect(rules["t"]?.version == 2)
            #expect(rules["t"]?.mode == .enforce)
            #expect(service.judged(of: "b") == nil)
            #expect(service.judgedCount == 1)
            #expect(try await service.list(tenant: "a", page: PageRequest()).items.map(\.type) == ["off", "t"])
        }
    }

    @Test func otherProcessesFollow() async throws {
        let log = try await Self.log()
        let (one, other) = (try await Self.service(on: log), try await Self.service(on: log))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await other.run() }
            _ = try await one.register(Self.request())
            while other.judged(of: "a") == nil { try await Task.sleep(for: .milliseconds(1)) }
            var off = Self.request(nil, mode: .off)
            off.schema = nil
            _ = try await one.update(off)
            while other.judged(of: "a") != nil { try await Task.sleep(for: .milliseconds(1)) }
            try await one.delete("t", tenant: "a")
            await #expect(throws: ServiceError.self) { _ = try await other.get("t", tenant: "a") }
            group.cancelAll()
        }
    }

    /// Many processes register different next versions at the same moment: each version is somebody's, nobody is told
    /// that something counts which does not, and all see the same.
    @Test func registrationsAtTheSameMomentNeverBothWin() async throws {
        let log = try await Self.log()
        var services: [LogEventTypeService] = []
        for _ in 0..<4 { services.append(try await Self.service(on: log)) }
        for round in 0..<10 {
            let type = "t\(round)"
            let won = await withTaskGroup(of: (String, Int)?.self) { group in
                for (index, service) in services.enumerated() {
                    group.addTask {
                        let schema = #"{"title":"\#(index)"}"#
                        let made = try? await service.register(Self.request(schema, type: type, .full))
                        return made.map { (schema, $0.view.version) }
                    }
                }
                return await group.reduce(into: [(String, Int)]()) { if let won = $1 { $0.append(won) } }
            }
            #expect(!won.isEmpty)
            #expect(Set(won.map(\.1)).count == won.count, "two have the same version")
            for service in services + [try await Self.service(on: log)] {
                let versions = try await service.versions(of: type, tenant: "a", page: PageRequest(limit: 50)).items
                #expect(versions.map(\.version) == Array(1...won.count))
                for (schema, number) in won { #expect(versions[number - 1].schema == schema) }
            }
        }
    }

    /// What lost is taken back, so that nothing is left of it.
    @Test func leftoversOfALostRegistrationGo() async throws {
        let log = try await Self.log()
        let (one, other) = (try await Self.service(on: log), try await Self.service(on: log))
        async let first = try? one.register(Self.request(#"{"title":"1"}"#))
        async let second = try? other.register(Self.request(#"{"title":"2"}"#))
        _ = await (first, second)
        let partition = TopicPartition(Self.configuration.topic, Partition(0))
        var last: [String: Bool] = [:]
        for element in log.base.records(of: partition) {
            if let key = element.record.key.map({ String(buffer: $0) }) { last[key] = element.record.value != nil }
        }
        let versions = try await one.versions(of: "t", tenant: "a", page: PageRequest()).items.count
        #expect(last.values.count { $0 } == 1 + versions)
    }

    @Test func aRecordThatCannotBeReadChangesNothing() async throws {
        let log = try await Self.log()
        let service = try await Self.service(on: log)
        _ = try await service.register(Self.request())
        _ = try await log.append([
            ProducerRecord(
                topic: Self.configuration.topic, partition: Partition(0),
                record: LogRecord(
                    key: ByteBuffer(string: "a/x"), value: ByteBuffer(string: "{}"),
                    timestamp: Timestamp(milliseconds: 1)))
        ])
        #expect(try await service.get("t", tenant: "a").version == 1)
        #expect(try await Self.service(on: log).get("t", tenant: "a").version == 1)
    }

    @Test func aTypeThatIsDeletedBeginsAnew() async throws {
        let log = try await Self.log()
        let service = try await Self.service(on: log)
        _ = try await service.register(Self.request())
        _ = try await service.register(Self.request(#"{"type":"object"}"#))
        try await service.delete("t", tenant: "a")
        #expect(service.judged(of: "a") == nil)
        #expect(try await service.register(Self.request(#"{"type":"string"}"#)).view.version == 1)
        #expect(try await Self.service(on: log).get("t", tenant: "a").schema == #"{"type":"string"}"#)
    }
}
