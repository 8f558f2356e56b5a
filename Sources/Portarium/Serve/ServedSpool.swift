import EventDispatch
import EventLog
import FoundationEssentials
import Ingress
import Logging
import NIOPosix
import Observability
import SQLiteSpool
import Webhooks

/// The spool of webhooks, where this process has one.
enum ServedSpool {
    /// Opens the spool; nil where there is none.
    /// - Throws: ``CommandFailure`` where it has to be there, and cannot be.
    static func open(
        _ configuration: RouterConfiguration, _ writer: any EventLogWriter, _ deliveries: WebhookDeliveries,
        metrics: PrometheusMetrics, logger: Logger
    ) throws -> WebhookSpool? {
        guard configuration.server.roles.contains(.ingress) else { return nil }
        let (mode, directory) = (configuration.webhooks.spool, configuration.spoolDirectory)
        if mode == .off, !FileManager.default.fileExists(atPath: directory) { return nil }
        let store: SQLiteSpoolStore
        do throws(EventLogError) {
            store = try SQLiteSpoolStore(directory: directory)
        } catch {
            guard mode == .auto else { throw CommandFailure(.failed, "the spool of webhooks: \(error.message)") }
            logger.warning(
                "webhooks are not kept while the log does not take them: there is no disk for them",
                metadata: ["reason": "\(error.message)"])
            return nil
        }
        let spool = WebhookSpool(
            limits: configuration.spoolLimits, store: store, writer: writer, deliveries: deliveries,
            deliveryTopic: configuration.webhookService.deliveryTopic, takesMore: mode != .off,
            eventLoop: MultiThreadedEventLoopGroup.singleton.next(), logger: logger)
        metrics.register { Self.families(spool.figures) }
        return spool
    }

    private static func families(_ figures: SpoolFigures) -> [MetricFamily] {
        let now = EventRoutes.wallClock().milliseconds
        let age = figures.oldestArrival.map { Double(max(0, now - $0)) / 1_000 } ?? 0
        return [
            MetricFamily(.webhookSpoolDeliveries, [MetricSample(figures.deliveries)]),
            MetricFamily(.webhookSpoolBytes, [MetricSample(figures.bytes)]),
            MetricFamily(.webhookSpoolOldestAge, [MetricSample(age)]),
            MetricFamily(.webhookSpoolSetAside, [MetricSample(figures.setAside)]),
            MetricFamily(.webhooksSpooled, [MetricSample(figures.spooled)]),
            MetricFamily(
                .webhooksDrained,
                [
                    MetricSample(figures.drained, labels: [("outcome", "appended")]),
                    MetricSample(figures.duplicates, labels: [("outcome", "duplicate")]),
                ]),
            MetricFamily(
                .webhookSpoolRefused,
                SpoolRefusal.allCases.map { reason in
                    MetricSample(figures.refused[reason] ?? 0, labels: [("reason", reason.rawValue)])
                }),
        ]
    }
}
