import Delivery
import EventDispatch
import EventLog
import Logging
import Observability
import TenantLimits
import Traces

/// Delivery, and the services behind the API, which look at it.
struct RouterServices: Sendable {
    let dispatcher: Dispatcher
    let audit: AuditJournal
    let subscriptions: LogSubscriptionService
    let routes: LogRouteService
    let agreements: AgreementKeeper
    let replays: LogReplayService
    let deadLetters: LogDeadLetterService
    let events: LogEventQueryService

    init(
        _ configuration: DispatchConfiguration, _ log: any EventLog, _ index: (any EventIndex)?, _ sink: any EventSink,
        _ handshake: any SinkHandshake, _ vault: SubscriptionVault, _ trail: any AuditTrail,
        _ limits: any TenantLimitSource, _ tracer: Tracer?, _ metrics: PrometheusMetrics, _ logger: Logger
    ) {
        self.dispatcher = Dispatcher(
            configuration: configuration, log: log, sink: sink, limits: limits,
            observer: DispatchMetrics(factory: metrics, logger: logger), vault: vault, tracer: tracer, logger: logger)
        self.audit = AuditJournal(trail: trail, logger: logger)
        self.subscriptions = LogSubscriptionService(dispatcher: self.dispatcher, audit: self.audit, limits: limits)
        self.routes = LogRouteService(subscriptions: self.subscriptions, audit: self.audit)
        self.agreements = AgreementKeeper(subscriptions: self.subscriptions, handshake: handshake)
        self.replays = LogReplayService(
            dispatcher: self.dispatcher, subscriptions: self.subscriptions, audit: self.audit)
        self.deadLetters = LogDeadLetterService(dispatcher: self.dispatcher, subscriptions: self.subscriptions)
        self.events = LogEventQueryService(
            dispatcher: self.dispatcher, subscriptions: self.subscriptions, index: index)
    }

    /// Takes up what the log has.
    func load() async throws {
        try await self.dispatcher.load()
        try await self.subscriptions.load()
        try await self.replays.load()
    }
}
