import EventDispatch
import EventLog
import HTTPServing
import Ingress
import Logging
import NIOPosix
import Observability
import SecretSealing
import ServiceLifecycle
import Webhooks

/// Webhook endpoints, and what is known of their deliveries.
struct WebhookServices: Sendable {
    let endpoints: LogWebhookEndpointService
    private let deliveries: WebhookDeliveries
    private let follower: WebhookDeliveryFollower
    private let configuration: RouterConfiguration

    /// To be started before what they serve.
    var services: [any Service] { [self.endpoints, self.follower] }

    /// - Throws: ``CommandFailure`` where the key for secrets cannot be had.
    init(
        _ configuration: RouterConfiguration, _ log: any EventLog, metrics: PrometheusMetrics,
        logger: Logger
    ) throws {
        self.configuration = configuration
        self.endpoints = LogWebhookEndpointService(
            configuration: configuration.webhookService, log: log, keyring: try configuration.secretKeyring(),
            logger: logger)
        self.deliveries = WebhookDeliveries(entriesMax: configuration.webhooks.dedupeEntriesMax)
        self.follower = WebhookDeliveryFollower(
            log: log, topic: configuration.webhookService.deliveryTopic, deliveries: self.deliveries, logger: logger)
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
    }

    /// The way in.
    func routes(
        _ intake: EventIntake, _ queue: EventIntakeQueue, _ bodies: RequestBodyReader, _ metrics: PrometheusMetrics
    ) -> WebhookRoutes {
        let configuration = self.configuration.webhookIntake
        return WebhookRoutes(
            configuration: configuration, endpoints: self.endpoints,
            intake: WebhookIntake(
                configuration: configuration, intake: intake, queue: queue, deliveries: self.deliveries,
                eventLoops: MultiThreadedEventLoopGroup.singleton),
            bodies: bodies, observer: WebhookMetrics(factory: metrics))
    }
}
