import Logging
import Observability
import ServiceLifecycle
import TraceExport
import Traces

/// What records spans and sends them, where a collector is configured.
struct ServedTracing: Sendable {
    /// Given to the rooms that take part; nil: none does.
    let tracer: Tracer?
    /// To be started before everything that records, so that it is stopped last.
    let services: [any Service]

    init(_ configuration: RouterConfiguration, metrics: PrometheusMetrics, logger: Logger) {
        guard configuration.isTraced else {
            self.tracer = nil
            self.services = []
            return
        }
        let export = configuration.spanExport
        let observer = TracingMetrics(factory: metrics, logger: logger)
        let queue = SpanQueue(configuration: export, observer: observer)
        metrics.register { [MetricFamily(.spansQueued, [MetricSample(queue.count)])] }
        self.tracer = Tracer(
            system: configuration.isOnKafka ? "kafka" : "portarium",
            sampler: SpanSampler(ratio: configuration.tracing.sampleRatio), recorder: queue,
            clock: WallClock.nanoseconds)
        self.services = [SpanExporter(configuration: export, queue: queue, observer: observer)]
    }
}

extension RouterConfiguration {
    fileprivate var spanExport: SpanExportConfiguration {
        var export = SpanExportConfiguration(
            endpoint: ExportEndpoint.url(of: self.tracing.endpoint),
            resource: SpanResource(
                serviceName: self.tracing.serviceName, version: PortariumVersion.current,
                attributes: self.tracing.resourceAttributes.map { ($0.name, $0.value) }))
        switch self.tracing.encoding {
        case .protobuf: export.encoding = .protobuf
        case .json: export.encoding = .json
        }
        export.isCompressed = self.tracing.gzip
        export.headers = PercentEncodedPairs.pairs(self.tracing.headers.revealed) ?? []
        export.timeoutMilliseconds = Int64(self.tracing.timeoutMilliseconds)
        export.queueSpansMax = self.tracing.queueSpansMax
        export.queueBytesMax = self.tracing.queueBytesMax
        export.batchSpansMax = self.tracing.batchSpansMax
        export.intervalMilliseconds = Int64(self.tracing.intervalMilliseconds)
        export.retryMilliseconds = Int64(self.tracing.retryMilliseconds)
        export.flushMilliseconds = Int64(self.tracing.flushMilliseconds)
        return export
    }
}
