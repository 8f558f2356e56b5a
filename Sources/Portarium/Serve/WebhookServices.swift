import EventDispatch
import EventLog
import HTTPServing
import Ingress
import Logging
import NIOPosix
import Observability
import SecretSealing
import ServiceLifecycle
import TenantLimits
import Webhooks

/// Webhook endpoints, and what is known of their deliveries.
struct WebhookServices: Sendable {
    let endpoints: LogWebhookEndpointService
    /// Keeps webhooks that the log does not take; nil: nothing does.
    let spool: WebhookSpool?
    private let deliveries: WebhookDeliveries
    private let follower: WebhookDeliveryFollower
    private let configuration: RouterConfiguration

    /// To be started before what they serve.
    var services: [any Service] {
        var services: [any Service] = [self.endpoints, self.follower]
        if let spool { services.append(spool) }
        return services
    }

    /// - Parameter writer: the log, behind what parks large data.
    /// - Throws: ``CommandFailure`` where the key for secrets, or the spool, cannot be had.
    init(
        _ configuration: RouterConfiguration, _ log: any EventLog, writer: any EventLogWriter,
        limits: any TenantLimitSource,
        metrics: PrometheusMetrics, logger: Logger
    ) throws {
        self.configuration = configuration
        self.endpoints = LogWebhookEndpointService(
            configuration: configuration.webhookService, log: log, keyring: try configuration.secretKeyring(),
            limits: limits, logger: logger)
        self.deliveries = WebhookDeliveries(entriesMax: configuration.webhooks.dedupeEntriesMax)
        self.follower = WebhookDeliveryFollower(
            log: log, topic: configuration.webhookService.deliveryTopic, deliveries: self.deliveries, logger: logger)
        self.spool = try ServedSpool.open(
            configuration, writer, self.deliveries, metrics: metrics, logger: logger)
        metrics.register { [deliveries] in
            [
                MetricFamily(.webhookDeliveriesRemembered, [MetricSample(deliveries.count)]),
                MetricFamily(.webhookDeliveriesForgotten, [MetricSample(deliveries.forgotten)]),
            ]
        }
    }

    /// Takes up what the log has.
    func load() async throws {
        try await self.endpoints.load()
        try await self.follower.load()
        try self.spool?.load()
    }

    /// Whether webhooks can be taken while the log cannot: there are endpoints, and a spool with room.
    var takeWithoutLog: Bool { self.endpoints.hasEndpoints && self.spool?.figures.takes == true }

    /// The way in.
    func routes(
        _ intake: EventIntake, _ queue: EventIntakeQueue, _ bodies: RequestBodyReader, _ meters: TenantMeters,
        _ metrics: PrometheusMetrics
    ) -> WebhookRoutes {
        let configuration = self.configuration.webhookIntake
        return WebhookRoutes(
            configuration: configuration, endpoints: self.endpoints,
            intake: WebhookIntake(
                configuration: configuration, intake: intake, queue: queue, deliveries: self.deliveries,
                spool: self.spool,
                eventLoops: MultiThreadedEventLoopGroup.singleton),
            bodies: bodies, meters: meters, observer: WebhookMetrics(factory: metrics))
    }
}
