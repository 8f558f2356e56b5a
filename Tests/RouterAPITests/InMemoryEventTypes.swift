import EventDispatch
import EventLog
import Logging
import RouterTestKit
import Synchronization

/// The service of event types over a log in memory, which is made when it is first asked.
final class InMemoryEventTypes: EventTypeService {
    private let configuration: EventTypeServiceConfiguration
    private let made = Mutex<LogEventTypeService?>(nil)

    init(_ change: (inout EventTypeServiceConfiguration) -> Void = { _ in }) {
        var configuration = EventTypeServiceConfiguration()
        change(&configuration)
        self.configuration = configuration
    }

    private func service() async throws(ServiceError) -> LogEventTypeService {
        if let made = self.made.withLock({ $0 }) { return made }
        do {
            let log = InMemoryEventLog()
            for topic in self.configuration.topics { try await log.createTopic(topic) }
            let service = LogEventTypeService(
                configuration: self.configuration, log: log,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try await service.load()
            self.made.withLock { $0 = service }
            return service
        } catch { throw ServiceError(.unavailable, "\(error)") }
    }

    func register(_ request: EventTypeRequest) async throws(ServiceError) -> EventTypeRegistration {
        try await self.service().register(request)
    }

    func get(_ type: String, tenant: String) async throws(ServiceError) -> EventTypeView {
        try await self.service().get(type, tenant: tenant)
    }

    func list(tenant: String, page: PageRequest) async throws(ServiceError) -> Page<EventTypeView> {
        try await self.service().list(tenant: tenant, page: page)
    }

    func versions(
        of type: String, tenant: String, page: PageRequest
    ) async throws(ServiceError) -> Page<EventTypeVersionView> {
        try await self.service().versions(of: type, tenant: tenant, page: page)
    }

    func version(_ number: Int?, of type: String, tenant: String) async throws(ServiceError) -> EventTypeVersionView {
        try await self.service().version(number, of: type, tenant: tenant)
    }

    func update(_ request: EventTypeRequest) async throws(ServiceError) -> EventTypeView {
        try await self.service().update(request)
    }

    func delete(_ type: String, tenant: String) async throws(ServiceError) {
        try await self.service().delete(type, tenant: tenant)
    }
}
