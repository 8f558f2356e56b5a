import EventLog
import EventTypes
import JSONSchema
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Event types as their compacted topic has them: a change is appended first, and comes into force here when it is read
/// back, whoever wrote it. What counts is decided by the order of the log alone (``EventTypeCatalog``), so that every
/// process decides the same.
public final class LogEventTypeService: EventTypeService, EventTypeSource, Service {
    let configuration: EventTypeServiceConfiguration
    private let log: any EventLog
    private let logger: Logger
    private let catalog = Mutex(EventTypeCatalog())
    let types: JudgedEventTypes
    /// Changes take their turns.
    let gate = SerialGate()
    private let follower = Mutex<TopicFollower?>(nil)
    /// While the topic is read for the first time nothing is compiled: most of what is read is out of date.
    private let isLoading = Mutex(true)

    public init(configuration: EventTypeServiceConfiguration, log: any EventLog, logger: Logger) {
        self.configuration = configuration
        self.log = log
        self.logger = logger
        self.types = JudgedEventTypes(validationStepsMax: configuration.validationStepsMax)
    }

    private var topicPartition: TopicPartition { TopicPartition(self.configuration.topic, Partition(0)) }

    /// How many types are judged here.
    public var judgedCount: Int { self.types.count }

    /// Reads the topic. Called once, before anything else.
    /// - Throws: `EventLogError` where the log cannot be read.
    public func load() async throws {
        let follower = TopicFollower(
            log: self.log, topicPartition: self.topicPartition, logger: self.logger
        ) { [weak self] element in self?.apply(element.record) }
        self.follower.withLock { $0 = follower }
        try await follower.catchUp()
        self.isLoading.withLock { $0 = false }
        for name in self.catalog.withLock({ $0.names }) { self.judge(name) }
    }

    /// Follows what other processes change, until graceful shutdown.
    public func run() async throws {
        await cancelWhenGracefulShutdown { await self.follower.withLock({ $0 })?.runWhereShared() }
    }

    /// From memory: what another process has just registered may be some milliseconds away.
    public func judged(of tenant: String) -> TenantEventTypes? { self.types.judged(of: tenant) }

    /// See ``EventTypeService/get(_:tenant:)``.
    public func get(_ type: String, tenant: String) async throws(ServiceError) -> EventTypeView {
        try await self.catchUp()
        return Self.view(try self.known(type, tenant))
    }

    /// See ``EventTypeService/list(tenant:page:)``. The cursor is the last type.
    public func list(tenant: String, page: PageRequest) async throws(ServiceError) -> Page<EventTypeView> {
        try await self.catchUp()
        let found = self.catalog.withLock { $0.list(tenant: tenant, after: page.cursor, limit: page.limit + 1) }
        return Page(
            of: found, limit: page.limit, bytes: { $0.latest.schema.utf8.count }, cursor: { Self.view($0).type }
        ) { Self.view($0) }
    }

    /// See ``EventTypeService/versions(of:tenant:page:)``.
    public func versions(
        of type: String, tenant: String, page: PageRequest
    ) async throws(ServiceError) -> Page<EventTypeVersionView> {
        try await self.catchUp()
        let entry = try self.known(type, tenant)
        var after = 0
        if let cursor = page.cursor {
            guard let number = Int(cursor) else {
                throw ServiceError(unknownCursor: "must be one that an earlier page of this list gave")
            }
            after = number
        }
        let found = entry.versions.filter { $0.number > after }
        return Page(
            of: found, limit: page.limit, bytes: { $0.schema.utf8.count }, cursor: { String($0.number) }
        ) { Self.view($0, of: type) }
    }

    /// See ``EventTypeService/version(_:of:tenant:)``.
    public func version(
        _ number: Int?, of type: String, tenant: String
    ) async throws(ServiceError) -> EventTypeVersionView {
        try await self.catchUp()
        let entry = try self.known(type, tenant)
        guard let version = number == nil ? entry.latest : entry.versions.first(where: { $0.number == number }) else {
            throw ServiceError(.notFound, "there is no such version of the event type")
        }
        return Self.view(version, of: type)
    }

    /// See ``EventTypeService/update(_:)``.
    public func update(_ request: EventTypeRequest) async throws(ServiceError) -> EventTypeView {
        let schema = try request.schema.map { (text) throws(ServiceError) in try self.compiled(text) }
        await self.gate.enter()
        defer { self.gate.leave() }
        try await self.catchUp()
        let entry = try self.known(request.type, request.tenant)
        if let schema, try self.compiled(entry.latest.schema).document != schema.document {
            throw ServiceError(
                .unprocessable, "the schema is another one than the latest version: register it with POST",
                errors: [.init(pointer: "/schema", detail: "must be absent or the latest version")])
        }
        try await self.set(request, of: entry)
        return Self.view(try self.known(request.type, request.tenant))
    }

    /// See ``EventTypeService/delete(_:tenant:)``.
    public func delete(_ type: String, tenant: String) async throws(ServiceError) {
        await self.gate.enter()
        defer { self.gate.leave() }
        try await self.catchUp()
        let entry = try self.known(type, tenant)
        // What it is set to goes last: until then it is there.
        try await self.append(entry.keys.reversed().map { ($0, nil) })
    }
}

extension LogEventTypeService {
    /// What counts now.
    func entry(_ type: String, _ tenant: String) -> EventTypeCatalog.Entry? {
        self.catalog.withLock { $0[EventTypeCatalog.Name(tenant: tenant, type: type)] }
    }

    func count(tenant: String) -> Int { self.catalog.withLock { $0.count(tenant: tenant) } }

    private func known(_ type: String, _ tenant: String) throws(ServiceError) -> EventTypeCatalog.Entry {
        guard let entry = self.entry(type, tenant) else { throw Self.unknown }
        return entry
    }

    static var unknown: ServiceError { ServiceError(.notFound, "there is no such event type") }

    /// - Throws: `unprocessable` with the place.
    func compiled(_ text: String) throws(ServiceError) -> CompiledEventSchema {
        do throws(SchemaFault) { return try self.types.compiled(text) } catch {
            let place = "/schema" + error.pointer
            throw ServiceError(
                .unprocessable, "\(place) \(error.reason)", errors: [.init(pointer: place, detail: error.reason)])
        }
    }

    /// Stores what a type is set to, where the request asks for something else.
    func set(_ request: EventTypeRequest, of entry: EventTypeCatalog.Entry) async throws(ServiceError) {
        var settings = entry.settings
        settings.mode = request.mode ?? settings.mode
        settings.compatibility = request.compatibility ?? settings.compatibility
        guard settings != entry.settings else { return }
        settings.updatedAt = DispatchClock.wall.milliseconds
        try await self.append(entry.leftovers.map { ($0, nil) } + [(settings.key, .settings(settings))])
    }

    /// - Parameter version: the one that is shown; nil: the latest.
    static func view(_ entry: EventTypeCatalog.Entry, version: EventTypeRecord.Version? = nil) -> EventTypeView {
        let version = version ?? entry.latest
        return EventTypeView(
            type: entry.settings.type, schema: version.schema, mode: entry.settings.mode,
            compatibility: entry.settings.compatibility, version: version.number,
            createdAt: Timestamp(milliseconds: entry.settings.createdAt),
            updatedAt: Timestamp(milliseconds: max(entry.settings.updatedAt, version.createdAt)))
    }

    private static func view(_ version: EventTypeRecord.Version, of type: String) -> EventTypeVersionView {
        EventTypeVersionView(
            type: type, version: version.number, schema: version.schema,
            createdAt: Timestamp(milliseconds: version.createdAt))
    }

    // MARK: The topic

    /// One record of the topic, in its order.
    private func apply(_ record: LogRecord) {
        guard let key = record.key.map({ String(buffer: $0) }) else { return }
        var stored: EventTypeRecord?
        if let value = record.value {
            do { stored = try JSONDecoder().decode(EventTypeRecord.self, from: Data(value.readableBytesView)) } catch {
                return self.logger.error(
                    "a record of an event type cannot be read and changes nothing", metadata: ["record": "\(key)"])
            }
        }
        let name = self.catalog.withLock { $0.apply(stored, key: key) }
        if let name, !self.isLoading.withLock({ $0 }) { self.judge(name) }
    }

    private func judge(_ name: EventTypeCatalog.Name) {
        let entry = self.catalog.withLock { $0[name] }
        do throws(SchemaFault) { try self.types.put(entry, as: name) } catch {
            self.logger.error(
                "the schema of an event type cannot be used, and its events are not judged",
                metadata: ["tenant": "\(name.tenant)", "type": "\(name.type)", "error": "\(error)"])
        }
    }

    /// Appends records, nil is a tombstone, and waits until that is in force here.
    func append(_ records: [(key: String, record: EventTypeRecord?)]) async throws(ServiceError) {
        guard !records.isEmpty else { return }
        do {
            let now = DispatchClock.wall
            let positions = try await self.log.append(
                try records.map { key, record in
                    let value = try record.map { ByteBuffer(bytes: try JSONEncoder().encode($0)) }
                    return ProducerRecord(
                        topic: self.topicPartition.topic, partition: self.topicPartition.partition,
                        record: LogRecord(key: ByteBuffer(string: key), value: value, timestamp: now))
                })
            try await self.follower.withLock({ $0 })?.catchUp(past: positions.map(\.offset).max())
        } catch let error as EventLogError {
            throw ServiceError(error)
        } catch {
            throw ServiceError(.unavailable, "the event type cannot be written as JSON")
        }
    }

    func catchUp() async throws(ServiceError) {
        do { try await self.follower.withLock({ $0 })?.catchUp() } catch { throw ServiceError(error) }
    }
}
