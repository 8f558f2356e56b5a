import EventDispatch
import EventLog
import Ingress
import Logging
import Observability
import ServiceLifecycle
import TenantLimits

/// What tenants may use, and what they do.
struct ServedLimits: Sendable {
    let limits: LogTenantLimitService
    /// Hold tenants to their rates on every way in.
    let meters: TenantMeters

    /// To be started before what they serve.
    var services: [any Service] { [self.limits, self.meters] }

    /// Reads the limits that the log has. Its topics are there.
    /// - Throws: `EventLogError` where they cannot be read.
    init(
        _ configuration: RouterConfiguration, _ log: any EventLog, metrics: PrometheusMetrics, logger: Logger
    ) async throws {
        let dispatch = configuration.dispatchConfiguration(eventTopics: [])
        self.limits = LogTenantLimitService(
            log: log, topic: dispatch.tenantLimitTopic, defaults: configuration.tenantLimits,
            weights: dispatch.tenantWeights, logger: logger)
        try await self.limits.load()
        self.meters = TenantMeters(limits: self.limits, replicas: configuration.tenants.replicas)
        metrics.register { [meters] in [MetricFamily(.tenantsMetered, [MetricSample(meters.count)])] }
    }

    /// What a tenant uses here, and has altogether.
    func usage(
        of tenant: String, _ services: RouterServices, _ webhooks: WebhookServices
    ) async throws(ServiceError) -> TenantUsage {
        let limits = try await self.limits.get(tenant).limits
        var usage = TenantUsage(tenant: tenant, limits: limits)
        if let meter = self.meters.known(tenant) {
            let (counts, rates) = (meter.counts, meter.perSecond)
            usage.events = .init(
                perSecond: rates.events, available: meter.available(.eventsPerSecond), accepted: counts.events)
            usage.bytes = .init(
                perSecond: rates.bytes, available: meter.available(.bytesPerSecond), accepted: counts.bytes)
            usage.throttledRequests = counts.throttledRequests
            usage.throttledEvents = counts.throttledEvents
        }
        usage.counts[.subscriptions] = try await services.subscriptions.count(tenant: tenant)
        usage.counts[.endpoints] = try await webhooks.endpoints.count(tenant: tenant)
        usage.counts[.inFlight] = services.dispatcher.inFlight(ofTenant: tenant)
        usage.counts[.deadLetters] = try await services.deadLetters.count(tenant: tenant)
        return usage
    }
}
