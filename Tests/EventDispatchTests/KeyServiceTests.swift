import EventDispatch
import EventLog
import Identity
import Logging
import NIOCore
import RouterTestKit
import Testing

/// Keys that live in a topic.
@Suite(.timeLimit(.minutes(1))) struct KeyServiceTests {
    private static let topic = Topic("portarium.keys")

    private static func log() async throws -> SharedLog {
        let log = InMemoryEventLog()
        try await log.createTopic(TopicSpecification(topic: self.topic, partitions: 1, isCompacted: true))
        return SharedLog(log)
    }

    private static func service(on log: any EventLog, keysPerTenantMax: Int = 10) async throws -> LogKeyService {
        let service = LogKeyService(
            log: log, topic: self.topic, keysPerTenantMax: keysPerTenantMax,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await service.load()
        return service
    }

    private static func request(_ reach: TenantReach = .one("acme"), _ scopes: Set<Scope> = [.read]) -> KeyRequest {
        KeyRequest(reach: reach, name: "n", scopes: scopes)
    }

    @Test func aKeyWorksWhereItWasMadeAndAfterARestart() async throws {
        let log = try await Self.log()
        let service = try await Self.service(on: log)
        let made = try await service.create(Self.request(), by: .keyless)
        #expect(service.principal(presenting: made.key.text)?.id == made.record.id)
        #expect(made.record.createdBy == "keyless")
        let restarted = try await Self.service(on: log)
        #expect(restarted.principal(presenting: made.key.text)?.scopes == [.read])
        #expect(restarted.count == 1)
    }

    @Test func theLogNeverHasTheKey() async throws {
        let log = try await Self.log()
        let made = try await Self.service(on: log).create(Self.request(), by: .keyless)
        let secret = made.key.text.dropFirst(APIKey.prefix.count + APIKey.idLength + 1)
        for record in log.base.records(of: TopicPartition(Self.topic, Partition(0))) {
            #expect(record.record.value.map { String(buffer: $0) }?.contains(secret) == false)
            #expect(record.record.key.map { String(buffer: $0) } == made.record.id)
        }
    }

    @Test func otherProcessesFollow() async throws {
        let log = try await Self.log()
        let (one, other) = (try await Self.service(on: log), try await Self.service(on: log))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await other.run() }
            let made = try await one.create(Self.request(), by: .keyless)
            while other.principal(presenting: made.key.text) == nil { try await Task.sleep(for: .milliseconds(1)) }
            let principal = try #require(other.principal(presenting: made.key.text))
            _ = try await one.delete(made.record.id, within: .all)
            #expect(one.principal(presenting: made.key.text) == nil)
            while other.stands(principal) { try await Task.sleep(for: .milliseconds(1)) }
            #expect(other.principal(presenting: made.key.text) == nil)
            group.cancelAll()
        }
    }

    @Test func anotherTenantsKeyIsNotThere() async throws {
        let service = try await Self.service(on: try await Self.log())
        let made = try await service.create(Self.request(.one("acme")), by: .keyless)
        for (id, reach) in [(made.record.id, TenantReach.one("other")), ("nothing", .all)] {
            let error = await #expect(throws: ServiceError.self) { _ = try await service.delete(id, within: reach) }
            #expect(error == ServiceError(.notFound, "there is no such key"))
        }
        #expect(service.principal(presenting: made.key.text) != nil)
        #expect(try await service.list(within: .one("other"), page: PageRequest()).items.isEmpty)
        #expect(try await service.list(within: .one("acme"), page: PageRequest()).items == [made.record])
    }

    @Test func aTenantHasSoManyKeys() async throws {
        let service = try await Self.service(on: try await Self.log(), keysPerTenantMax: 2)
        for _ in 0..<2 { _ = try await service.create(Self.request(), by: .keyless) }
        let error = await #expect(throws: ServiceError.self) {
            _ = try await service.create(Self.request(), by: .keyless)
        }
        #expect(error?.code == .limitExceeded)
        _ = try await service.create(Self.request(.one("other")), by: .keyless)
    }

    @Test func listsGoOnWhereTheyEnded() async throws {
        let service = try await Self.service(on: try await Self.log())
        for _ in 0..<5 { _ = try await service.create(Self.request(), by: .keyless) }
        var ids: [String] = []
        var page = PageRequest(limit: 2)
        repeat {
            let part = try await service.list(within: .all, page: page)
            ids += part.items.map(\.id)
            page.cursor = part.nextCursor
        } while page.cursor != nil
        #expect(ids.count == 5 && ids == ids.sorted())
    }

    @Test func aRecordThatCannotBeReadMakesItsKeyInvalid() async throws {
        let log = try await Self.log()
        let service = try await Self.service(on: log)
        let made = try await service.create(Self.request(), by: .keyless)
        _ = try await log.append([
            ProducerRecord(
                topic: Self.topic, partition: Partition(0),
                record: LogRecord(
                    key: ByteBuffer(string: made.record.id), value: ByteBuffer(string: "{}"),
                    timestamp: Timestamp(milliseconds: 1)))
        ])
        _ = try await service.list(within: .all, page: PageRequest())
        #expect(service.principal(presenting: made.key.text) == nil)
    }
}
