import Delivery
import EmbeddedEventLog
import EventDispatch
import Observability
import Subscriptions

/// Values that are computed when they are asked for.
struct RouterCollector: Sendable {
    let dispatcher: Dispatcher
    let subscriptions: LogSubscriptionService
    /// nil: events are not indexed.
    let index: EmbeddedEventIndex?

    func register(in metrics: PrometheusMetrics) {
        let process = ProcessCollector()
        metrics.register { process.collect() }
        metrics.register {
            let totals = self.dispatcher.totals
            var lags: [MetricSample] = []
            for id in self.subscriptions.ids.sorted().prefix(1_000) {
                guard let lag = self.subscriptions.lag(of: id) else { continue }
                lags.append(
                    MetricSample(
                        lag, labels: [(name: "tenant", value: id.tenant), (name: "subscription", value: id.name)]))
            }
            return [
                MetricFamily(.indexLag, self.index.map { [MetricSample($0.lag)] } ?? []),
                MetricFamily(.subscriptionLag, lags),
                MetricFamily(.deliveryInFlight, [MetricSample(Int64(totals.inFlight))]),
                MetricFamily(.deliveryHeldBytes, [MetricSample(Int64(totals.heldBytes))]),
                MetricFamily(.deliveryCircuitsOpen, [MetricSample(Int64(totals.circuitsOpen))]),
            ]
        }
    }
}
