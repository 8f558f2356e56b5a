import ClaimCheck
import EventDispatch
import EventLog
import EventTypes
import HTTPEventSink
import HTTPServing
import Hummingbird
import Identity
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
    let metrics = PrometheusMetrics()
    let logger: Logger

    init(configuration: RouterConfiguration, isTerminal: Bool) {
        self.configuration = configuration
        self.logger = Self.makeLogger(configuration.observability, isTerminal: isTerminal)
    }

    /// Serves until the process is told to end: stops accepting, drains within the limit, then closes the log.
    /// - Throws: ``CommandFailure`` where the log or the address cannot be had.
    func run() async throws {
        let log = try await self.openLog()
        do {
            try await self.serve(log, try self.configuration.routingTable())
        } catch {
            await log.close()
            throw self.failure(error)
        }
        await log.close()
        self.logger.info("stopped")
    }

    /// On Kafka where brokers are named, else the embedded one.
    private func openLog() async throws -> any ServedLog {
        if self.configuration.isOnKafka {
            return try KafkaServedLog(self.configuration, metrics: self.metrics, logger: self.logger)
        }
        return try await EmbeddedServedLog(self.configuration, metrics: self.metrics, logger: self.logger)
    }

    private func has(_ role: RouterRole) -> Bool { self.configuration.server.roles.contains(role) }

    private func serve(_ log: any ServedLog, _ routing: RoutingTable) async throws {
        try await log.prepare(self.configuration.allTopics(routing))
        let claimCheck = try ServedClaimCheck(self.configuration, metrics: self.metrics, logger: self.logger)
        do {
            try await self.serve(log, claimCheck, routing)
        } catch {
            await claimCheck.close()
            throw error
        }
        await claimCheck.close()
    }

    private func serve(_ log: any ServedLog, _ claimCheck: ServedClaimCheck, _ routing: RoutingTable) async throws {
        let access = try await ServedAccess(
            self.configuration, log.eventLog, metrics: self.metrics, logger: self.logger)
        let tracing = ServedTracing(self.configuration, metrics: self.metrics, logger: self.logger)
        let limits = try await ServedLimits(
            self.configuration, log.eventLog, metrics: self.metrics, logger: self.logger)
        let eventTypes = EventTypeServices(
            self.configuration, log.eventLog, metrics: self.metrics, logger: self.logger)
        try await eventTypes.types.load()
        let correlationIDs = CorrelationIDGenerator()
        func makeIntake(_ check: EventDataCheck?) -> EventIntake {
            EventIntake(
                writer: claimCheck.writer(before: log.eventLog), routing: routing,
                correlationID: { correlationIDs.next(at: $0) }, tracer: tracing.tracer, check: check)
        }
        let intake = makeIntake(eventTypes.check)
        guard self.has(.dispatch) || self.has(.api) else {
            return try await self.serve(log, claimCheck, intake, access, limits, tracing, nil, eventTypes)
        }

        if self.configuration.allowsLoopbackSinks {
            self.logger.info(
                "sinks on loopback are allowed, because the router listens there only; sink.allowedNetworks changes it")
        }
        let sink = HTTPEventSink(
            configuration: self.configuration.eventSink, certificates: try self.configuration.sinkCertificates(),
            observer: SinkAddressMetrics(factory: self.metrics, logger: self.logger), tracer: tracing.tracer)
        do {
            try await self.serve(
                log, claimCheck, intake, access, limits, tracing,
                RouterServices(
                    self.configuration.dispatchConfiguration(eventTopics: routing.topics), log.eventLog, log.index,
                    SchemeEventSink(
                        topics: TopicEventSink(
                            writer: log.eventLog, topicPrefix: self.configuration.log.topicPrefix,
                            tracer: tracing.tracer),
                        others: ClaimCheckSink(
                            TransformSink(sink, limits: self.configuration.eventLimits), reader: claimCheck.reader)),
                    sink, SubscriptionVault(keyring: try self.configuration.secretKeyring()),
                    IntakeAuditTrail(intake: makeIntake(nil)), limits.limits, tracing.tracer, self.metrics,
                    self.logger),
                eventTypes)
        } catch {
            await sink.shutdown()
            throw error
        }
        await sink.shutdown()
    }

    private func serve(
        _ log: any ServedLog, _ claimCheck: ServedClaimCheck, _ intake: EventIntake, _ access: ServedAccess,
        _ limits: ServedLimits, _ tracing: ServedTracing, _ services: RouterServices?, _ eventTypes: EventTypeServices
    ) async throws {
        try await services?.load()
        let webhooks = try WebhookServices(
            self.configuration, log.eventLog, writer: claimCheck.writer(before: log.eventLog), limits: limits.limits,
            metrics: self.metrics, logger: self.logger)
        try await webhooks.load()
        RouterCollector(log: log, dispatcher: services?.dispatcher).register(in: self.metrics)
        // Stopped in reverse: the server first, so that nothing new comes in while dispatch drains; then those that
        // store what came of the drain, and the journal that tells of it.
        var running = tracing.services + log.services + claimCheck.services + access.services + limits.services
        if let services {
            running += [services.audit, services.subscriptions]
            if self.has(.dispatch) {
                running += [services.routes, services.agreements, services.replays, services.dispatcher]
            }
        }
        let queue = EventIntakeQueue(
            writer: log.eventLog, recordsMax: self.configuration.log.appendQueueRecordsMax)
        running += webhooks.services + [eventTypes.types]
        running += [
            queue,
            try self.makeServer(
                log, queue, intake, claimCheck.reader, access, limits, services, webhooks, eventTypes.types),
        ]
        try await ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: running, gracefulShutdownSignals: [.sigterm, .sigint], logger: self.logger)
        ).run()
    }

    private func makeServer(
        _ log: any ServedLog, _ queue: EventIntakeQueue, _ intake: EventIntake, _ parked: ParkedDataReader,
        _ access: ServedAccess, _ limits: ServedLimits, _ services: RouterServices?, _ webhooks: WebhookServices,
        _ eventTypes: LogEventTypeService
    ) throws -> any Service {
        let serving = self.configuration.serving
        let budget = serving.makeBudget()
        let ingressMetrics = IngressMetrics(factory: self.metrics)
        let bodies = serving.makeBodyReader(budget: budget)
        let callers = access.callers
        var routes: [any RouteProvider] = [
            OpenAPIRoute(),
            HealthRoutes(checks: self.readinessChecks(log, services, webhooks), timeout: serving.readinessTimeout),
            MetricsRoute(contentType: PrometheusMetrics.contentType) { [metrics] in
                ByteBuffer(string: await metrics.exposition())
            },
        ]
        var direct: [any DirectRoute] = []
        if self.has(.ingress) {
            let ingress = self.configuration.ingress
            routes.append(
                EventRoutes(
                    configuration: ingress, intake: intake, bodies: bodies, meters: limits.meters,
                    observer: ingressMetrics))
            direct.append(
                DirectEventRoute(
                    configuration: ingress, intake: intake, queue: queue, callers: callers, meters: limits.meters,
                    observer: ingressMetrics))
            routes.append(webhooks.routes(intake, queue, bodies, limits.meters, self.metrics))
        }
        if let services, self.has(.api) {
            routes.append(
                RouterAPIRoutes(
                    subscriptions: services.subscriptions, replays: services.replays,
                    deadLetters: services.deadLetters, keys: access.keys, events: services.events,
                    webhookEndpoints: webhooks.endpoints, eventTypes: eventTypes, limits: limits.limits,
                    usage: { tenant throws(ServiceError) in try await limits.usage(of: tenant, services, webhooks) },
                    audit: services.audit, stands: { callers.stands($0) },
                    budget: budget,
                    data: { await parked.shown($0) },
                    configuration: self.configuration.routerAPI))
        }
        let address = self.address
        return HTTPApplication.make(
            configuration: serving, routes: routes, direct: (routes: direct, bodies: bodies),
            callers: ObservedCallerResolver(callers, observer: ingressMetrics), logger: self.logger
        ) { [logger, roles = self.configuration.server.roles] port in
            logger.info(
                "serving",
                metadata: [
                    "address": "http://\(address(port))", "roles": "\(roles.map(\.rawValue).joined(separator: ","))",
                ])
        }
    }

    private func readinessChecks(
        _ log: any ServedLog, _ services: RouterServices?, _ webhooks: WebhookServices
    ) -> [ReadinessCheck] {
        let isWritable = ReadinessCheck("log", isDispensable: { webhooks.takeWithoutLog }) {
            do throws(EventLogError) {
                try await log.probe()
                return nil
            } catch { return error.message }
        }
        guard let services, self.has(.dispatch) else { return [isWritable] }
        let isDispatching = ReadinessCheck("dispatcher") {
            services.dispatcher.isDispatching ? nil : "the dispatcher is not running"
        }
        return [isWritable, isDispatching]
    }

    private var address: @Sendable (_ port: Int) -> String {
        let host = self.configuration.server.listenHost
        return { port in host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// What people are told where the address cannot be listened on; other errors as they are.
    private func failure(_ error: any Error) -> any Error {
        guard let error = error as? IOError else { return error }
        let address = self.address(self.configuration.server.listenPort)
        return CommandFailure(
            .failed,
            "cannot listen on \(address) (\(FileContents.reason(error.errnoCode))): "
                + "stop what has it, or name another address with --listen")
    }

    private static func makeLogger(_ observability: RouterConfiguration.Observability, isTerminal: Bool) -> Logger {
        let level = Logger.Level(rawValue: observability.logLevel.rawValue) ?? .info
        let isText = observability.logFormat == .text || observability.logFormat == .auto && isTerminal
        return Logger(label: "portarium") { label in
            if isText { return TextLogHandler(label: label, level: level, colored: isTerminal) }
            return JSONLogHandler(label: label, level: level)
        }
    }
}
