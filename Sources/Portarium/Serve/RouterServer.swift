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
        var index: EmbeddedEventIndex?
        do {
            if log.configuration.isIndexed { index = try EmbeddedEventIndex(log: log) }
            try await self.serve(log, index, routing, metrics, logger)
        } catch {
            await index?.close()
            await log.close()
            throw error
        }
        await index?.close()
        await log.close()
    }

    private func serve(
        _ log: EmbeddedEventLog, _ index: EmbeddedEventIndex?, _ routing: RoutingTable, _ metrics: PrometheusMetrics,
        _ logger: Logger
    ) async throws {
        let dispatch = self.configuration.dispatchConfiguration(eventTopics: routing.topics)
        let topics =
            self.configuration.topicSpecifications(routing)
            + dispatch.internalTopics(attemptRetentionAge: self.configuration.retentionAge)
        for specification in topics { try await log.createTopic(specification) }

        let sink = HTTPEventSink(configuration: self.configuration.eventSink)
        let dispatcher = Dispatcher(
            configuration: dispatch, log: log, sink: sink,
            observer: DispatchMetrics(factory: metrics, logger: logger), logger: logger)
        let subscriptions = LogSubscriptionService(dispatcher: dispatcher)
        let replays = LogReplayService(dispatcher: dispatcher, subscriptions: subscriptions)
        try await dispatcher.load()
        try await subscriptions.load()
        try await replays.load()
        RouterCollector(log: log, dispatcher: dispatcher, index: index).register(in: metrics)

        let queue = EventIntakeQueue(writer: log, recordsMax: self.configuration.log.appendQueueRecordsMax)
        let server = try self.makeServer(
            log, queue, routing, dispatcher, metrics, logger,
            services: RouterServices(
                subscriptions: subscriptions, replays: replays,
                deadLetters: LogDeadLetterService(dispatcher: dispatcher, subscriptions: subscriptions),
                events: LogEventQueryService(dispatcher: dispatcher, subscriptions: subscriptions, index: index)))
        let sweeper = LogSweeper(
            log: log, interval: .seconds(self.configuration.log.retentionSweepSeconds), logger: logger)
        // Stopped in reverse: the server first, so that nothing new comes in while dispatch drains.
        let indexing: [any Service] = index.map { [$0] } ?? []
        let services: [any Service] = [sweeper] + indexing + [dispatcher, replays, queue, server]
        try await ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services,
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        ).run()
        await sink.shutdown()
        logger.info("stopped")
    }

    private func makeServer(
        _ log: EmbeddedEventLog, _ queue: EventIntakeQueue, _ routing: RoutingTable, _ dispatcher: Dispatcher,
        _ metrics: PrometheusMetrics, _ logger: Logger, services: RouterServices
    ) throws -> some Service {
        let serving = self.configuration.serving
        let budget = InFlightBudget(bytesMax: serving.inFlightBytesMax, requestsMax: serving.inFlightRequestsMax)
        let correlationIDs = CorrelationIDGenerator()
        let intake = EventIntake(
            writer: log, routing: routing, correlationID: { correlationIDs.next(at: $0) })
        let ingressMetrics = IngressMetrics(factory: metrics)
        let tenants = HeaderTenantResolver(defaultTenant: serving.defaultTenant)
        let ingress = IngressConfiguration(limits: self.configuration.eventLimits)
        let bodies = RequestBodyReader(bytesMax: serving.bodyBytesMax, budget: budget)
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
            EventRoutes(configuration: ingress, intake: intake, bodies: bodies, observer: ingressMetrics),
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
        let direct = DirectEventRoute(
            configuration: ingress, intake: intake, queue: queue, tenants: tenants, observer: ingressMetrics)
        return HTTPApplication.make(
            configuration: serving, routes: routes, direct: (routes: [direct], bodies: bodies),
            tenants: ObservedTenantResolver(tenants, observer: ingressMetrics), logger: logger
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
