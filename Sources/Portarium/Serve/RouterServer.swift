import AsyncHTTPClient
import EmbeddedEventLog
import EventDispatch
import EventLog
import HTTPEventSink
import HTTPServing
import Hummingbird
import Ingress
import Logging
import NIOCore
import Observability
import RouterAPI
import ServiceLifecycle
import UnixSignals

/// The router with everything that belongs to it, from start to drained.
struct RouterServer: Sendable {
    /// What the command line, the environment and the file came to.
    let configuration: RouterConfiguration

    /// Serves until the process is told to end: stops accepting, drains within the limit, then closes the log.
    func run() async throws {
        let logger = self.makeLogger()
        let metrics = PrometheusMetrics()
        let routing = try self.configuration.routingTable()
        let log = try EmbeddedEventLog(
            configuration: self.configuration.eventLog, observer: LogMetrics(factory: metrics), logger: logger)
        do {
            try await self.serve(log, routing, metrics, logger)
        } catch {
            await log.close()
            throw error
        }
        await log.close()
    }

    private func serve(
        _ log: EmbeddedEventLog, _ routing: RoutingTable, _ metrics: PrometheusMetrics, _ logger: Logger
    ) async throws {
        let dispatch = self.configuration.dispatchConfiguration(eventTopics: routing.topics)
        let topics =
            self.configuration.topicSpecifications(routing)
            + dispatch.internalTopics(
                attemptRetentionAge: self.configuration.retentionAge,
                deadLetterRetentionAge: self.configuration.deadLetterRetentionAge,
                deadLetterRetentionBytesMax: self.configuration.deadLetterRetentionBytesMax)
        for specification in topics { try await log.createTopic(specification) }

        let sink = HTTPEventSink(configuration: self.configuration.eventSink)
        let dispatcher = Dispatcher(
            configuration: dispatch, log: log, sink: sink,
            observer: DispatchMetrics(factory: metrics, logger: logger), logger: logger)
        let correlationIDs = CorrelationIDGenerator()
        let intake = EventIntake(writer: log, routing: routing, correlationID: { correlationIDs.next(at: $0) })
        let audit = AuditJournal(trail: IntakeAuditTrail(intake: intake), logger: logger)
        let subscriptions = LogSubscriptionService(dispatcher: dispatcher, audit: audit)
        let replays = LogReplayService(dispatcher: dispatcher, subscriptions: subscriptions, audit: audit)
        try await dispatcher.load()
        try await subscriptions.load()
        try await replays.load()
        RouterCollector(log: log, dispatcher: dispatcher).register(in: metrics)

        let server = try self.makeServer(
            log, intake, dispatcher, metrics, logger,
            services: RouterServices(
                subscriptions: subscriptions, replays: replays,
                deadLetters: LogDeadLetterService(dispatcher: dispatcher, subscriptions: subscriptions),
                events: LogEventQueryService(dispatcher: dispatcher, subscriptions: subscriptions, index: nil)))
        let sweeper = LogSweeper(
            log: log, interval: .seconds(self.configuration.log.retentionSweepSeconds), logger: logger)
        // Stopped in reverse: the server first, so that nothing new comes in while dispatch drains; then those that
        // store what came of the drain, and the journal that tells of it.
        let services: [any Service] = [sweeper, audit, subscriptions, replays, dispatcher, server]
        try await ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services,
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        ).run()
        await sink.shutdown()
        logger.info("stopped")
    }

    private func makeServer(
        _ log: EmbeddedEventLog, _ intake: EventIntake, _ dispatcher: Dispatcher, _ metrics: PrometheusMetrics,
        _ logger: Logger, services: RouterServices
    ) throws -> some Service {
        let serving = self.configuration.serving
        let budget = InFlightBudget(bytesMax: serving.inFlightBytesMax, requestsMax: serving.inFlightRequestsMax)
        let ingressMetrics = IngressMetrics(factory: metrics)
        let tenants = ObservedTenantResolver(
            HeaderTenantResolver(defaultTenant: serving.defaultTenant), observer: ingressMetrics)
        let isWritable = ReadinessCheck("log") {
            do throws(EventLogError) {
                try await log.probe()
                return nil
            } catch { return error.message }
        }
        let isDispatching = ReadinessCheck("dispatcher") {
            dispatcher.isDispatching ? nil : "the dispatcher is not running"
        }
        let routes: [any RouteProvider] = [
            EventRoutes(
                configuration: IngressConfiguration(limits: self.configuration.eventLimits), intake: intake,
                bodies: RequestBodyReader(bytesMax: serving.bodyBytesMax, budget: budget),
                observer: ingressMetrics),
            RouterAPIRoutes(
                subscriptions: services.subscriptions, replays: services.replays, deadLetters: services.deadLetters,
                events: services.events, budget: budget, configuration: self.configuration.routerAPI),
            OpenAPIRoute(),
            HealthRoutes(checks: [isWritable, isDispatching], timeout: serving.readinessTimeout),
            MetricsRoute(contentType: PrometheusMetrics.contentType) {
                ByteBuffer(string: await metrics.exposition())
            },
        ]
        let host = serving.host
        return HTTPApplication.make(
            configuration: serving, routes: routes, tenants: tenants, logger: logger
        ) { port in
            logger.info("serving", metadata: ["address": "http://\(host):\(port)"])
        }
    }

    private func makeLogger() -> Logger {
        let level = Logger.Level(rawValue: self.configuration.observability.logLevel.rawValue) ?? .info
        let format = self.configuration.observability.logFormat
        return Logger(label: "portarium") { label in
            switch format {
            case .json: JSONLogHandler(label: label, level: level)
            case .text: TextLogHandler(label: label, level: level)
            }
        }
    }
}
