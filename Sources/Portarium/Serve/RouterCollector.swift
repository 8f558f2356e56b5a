import Delivery
import EventDispatch
import EventLog
import Observability
import Subscriptions

/// Values that are computed when they are asked for.
struct RouterCollector: Sendable {
    /// Series of partitions, and of subscriptions, that one metric has at most. What comes beyond is one series with
    /// the sum, whose labels are all `_overflow`.
    static let partitionSeriesMax = 2_000
    static let subscriptionSeriesMax = 5_000

    let log: any ServedLog
    /// nil where this process does not deliver.
    let dispatcher: Dispatcher?

    func register(in metrics: PrometheusMetrics) {
        let process = ProcessCollector()
        metrics.register { process.collect() }
        metrics.register { await self.logFamilies() }
        if let dispatcher { metrics.register { Self.families(of: dispatcher.figures) } }
    }

    private func logFamilies() async -> [MetricFamily] {
        let figures = self.log.figures
        let indexLag = await self.log.index?.lag
        return [
            MetricFamily(.buildInfo, [MetricSample(1, labels: [("version", PortariumVersion.current)])]),
            MetricFamily(.logQueuedRecords, [MetricSample(figures.queuedRecords)]),
            MetricFamily(.logQueuedBytes, [MetricSample(figures.queuedBytes)]),
            MetricFamily(.indexLag, indexLag.map { [MetricSample($0)] } ?? []),
            MetricFamily(
                .logEndOffset,
                Self.bounded(
                    figures.endOffsets.map { (Self.labels($0.topicPartition), $0.end.value) },
                    max: Self.partitionSeriesMax)),
        ]
    }

    static func families(of figures: DispatchFigures) -> [MetricFamily] {
        let totals = figures.totals
        return [
            MetricFamily(
                .tailPosition,
                self.bounded(
                    figures.tailPositions.map { (self.labels($0.topicPartition), $0.position.value) },
                    max: self.partitionSeriesMax)),
            MetricFamily(
                .subscriptionLag,
                self.bounded(
                    figures.subscriptions.map { subscription in
                        (
                            [("tenant", subscription.id.tenant), ("subscription", subscription.id.name)],
                            subscription.lag
                        )
                    }, max: self.subscriptionSeriesMax)),
            MetricFamily(.subscriptions, self.statuses(figures.subscriptions)),
            MetricFamily(.deliveryInFlight, [MetricSample(totals.inFlight)]),
            MetricFamily(.deliveryHeldRecords, [MetricSample(figures.queues.heldRecords)]),
            MetricFamily(.deliveryHeldBytes, [MetricSample(totals.heldBytes)]),
            MetricFamily(.deliveryRetriesScheduled, [MetricSample(figures.queues.retriesScheduled)]),
            MetricFamily(.deliveryCircuitsOpen, [MetricSample(totals.circuitsOpen)]),
            MetricFamily(.replaysRunning, [MetricSample(figures.replaysRunning)]),
            MetricFamily(.attemptsUnrecorded, [MetricSample(figures.attemptsDropped)]),
        ]
    }

    /// All four, so that none is missing where it is 0.
    private static func statuses(_ subscriptions: [DeliveryStateMachine.SubscriptionFigures]) -> [MetricSample] {
        var counts: [SubscriptionView.Status: Int] = [.active: 0, .paused: 0, .catchingUp: 0, .suspended: 0]
        for subscription in subscriptions {
            let status: SubscriptionView.Status =
                switch subscription.status {
                case .paused: .paused
                case .suspended: .suspended
                case .active: subscription.isCatchingUp ? .catchingUp : .active
                }
            counts[status, default: 0] += 1
        }
        return counts.map { MetricSample($0.value, labels: [("status", $0.key.rawValue)]) }
    }

    private static func labels(_ topicPartition: TopicPartition) -> [(name: String, value: String)] {
        [("topic", topicPartition.topic.name), ("partition", "\(topicPartition.partition)")]
    }

    /// The first ones each for itself, the others as one with their sum.
    static func bounded(
        _ values: [(labels: [(name: String, value: String)], value: Int64)], max: Int
    ) -> [MetricSample] {
        var samples = values.prefix(max).map { MetricSample($0.value, labels: $0.labels) }
        let rest = values.dropFirst(max)
        if let first = rest.first {
            samples.append(
                MetricSample(
                    rest.reduce(0) { $0 &+ $1.value }, labels: first.labels.map { (name: $0.name, value: "_overflow") })
            )
        }
        return samples
    }
}
