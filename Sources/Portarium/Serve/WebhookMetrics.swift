import CoreMetrics
import Ingress
import Observability
import Synchronization
import WebhookSignatures

/// Counts what becomes of webhooks.
final class WebhookMetrics: WebhookObserver {
    private struct Series: Hashable {
        var provider: String
        var outcome: String
    }

    /// Those of the ordinary case, found without a lock.
    private let accepted: [String: Counter]
    private let factory: any MetricsFactory
    private let others = Mutex<[Series: Counter]>([:])

    init(factory: any MetricsFactory) {
        self.factory = factory
        self.accepted = Dictionary(
            uniqueKeysWithValues: WebhookProvider.all.map { provider in
                let labels = [("provider", provider.name), ("outcome", WebhookOutcome.accepted.name)]
                return (provider.name, Counter(.webhooks, labels, factory: factory))
            })
    }

    func webhook(provider: String?, outcome: WebhookOutcome) {
        let provider = provider ?? "unknown"
        if outcome == .accepted, let counter = self.accepted[provider] { return counter.increment() }
        let series = Series(provider: provider, outcome: outcome.name)
        let counter = self.others.withLock { others in
            if let known = others[series] { return known }
            let made = Counter(
                .webhooks, [("provider", series.provider), ("outcome", series.outcome)], factory: self.factory)
            others[series] = made
            return made
        }
        counter.increment()
    }
}
