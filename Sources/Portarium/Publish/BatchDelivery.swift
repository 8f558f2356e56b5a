/// Decides how one batch gets to the router: again where the router is busy, without the event that it refuses, in
/// halves where it is too large or where it is not said which event is at fault.
///
/// An event is sent again only with the bytes of the first time: `source` and `id` tell receivers that it is the same.
struct BatchDelivery: Sendable {
    enum Action: Sendable, Hashable {
        /// Send it after this pause, and tell ``answered(_:)`` what came back.
        case send(PublishBatch, afterMilliseconds: Int64)
        /// Every event has its fate.
        case finished(PublishReport)
    }

    private let policy: PublishPolicy
    /// Whether a lost connection is worth another attempt: not when the router was never there.
    private let retriesUnreachable: Bool
    /// In the order of the lines; the first is the one in flight.
    private var queue: [PublishBatch]
    private var retries = 0
    private var report = PublishReport()

    init(_ batch: PublishBatch, policy: PublishPolicy, retriesUnreachable: Bool) {
        self.queue = batch.items.isEmpty ? [] : [batch]
        self.policy = policy
        self.retriesUnreachable = retriesUnreachable
    }

    /// What to do first.
    func start() -> Action { self.next() }

    /// Takes the answer to the last `send`; `jitter` is `0...1` and spreads the retries of several callers.
    mutating func answered(_ answer: PublishAnswer, jitter: Double) -> Action {
        guard let batch = self.queue.first else { return .finished(self.report) }
        switch answer {
        case .accepted:
            self.report.accept(batch.items.count)
            self.settle()
        case .busy(let status, let retryAfter, let sentence):
            return self.retry(retryAfter, jitter, status: status, exit: .failed, sentence: sentence)
        case .unreachable(let sentence):
            guard self.retriesUnreachable else { return self.giveUp(nil, .unreachable, sentence) }
            return self.retry(nil, jitter, status: nil, exit: .unreachable, sentence: sentence)
        case .tooLarge(let sentence):
            self.divide(batch, status: 413, sentence: sentence)
        case .invalid(let status, let index, let sentence):
            if let index, batch.items.indices.contains(index) {
                self.report.fail(PublishFailure(line: batch.items[index].line, status: status, detail: sentence))
                var rest = batch
                rest.items.remove(at: index)
                self.settle()
                if !rest.items.isEmpty { self.queue.insert(rest, at: 0) }
            } else {
                self.divide(batch, status: status, sentence: sentence)
            }
        case .refused(let status, let sentence):
            return self.giveUp(status, .failed, sentence)
        }
        return self.next()
    }

    private func next() -> Action {
        self.queue.first.map { .send($0, afterMilliseconds: 0) } ?? .finished(self.report)
    }

    private mutating func settle() {
        self.queue.removeFirst()
        self.retries = 0
    }

    private mutating func divide(_ batch: PublishBatch, status: Int, sentence: String) {
        self.settle()
        guard batch.items.count > 1 else {
            for item in batch.items {
                self.report.fail(PublishFailure(line: item.line, status: status, detail: sentence))
            }
            return
        }
        let middle = batch.items.count / 2
        self.queue.insert(
            contentsOf: [
                PublishBatch(items: Array(batch.items[..<middle])), PublishBatch(items: Array(batch.items[middle...])),
            ], at: 0)
    }

    private mutating func retry(
        _ retryAfter: Int64?, _ jitter: Double, status: Int?, exit: ExitStatus, sentence: String
    ) -> Action {
        guard self.retries < self.policy.retriesMax, let batch = self.queue.first else {
            return self.giveUp(status, exit, sentence)
        }
        let doubled = self.policy.delayMinMilliseconds << Int64(min(self.retries, 20))
        let spread = Int64(Double(min(doubled, self.policy.delayMaxMilliseconds)) * (0.5 + jitter / 2))
        self.retries += 1
        let delay = retryAfter.map { max($0, 1) } ?? max(spread, 1)
        return .send(batch, afterMilliseconds: min(delay, self.policy.delayMaxMilliseconds))
    }

    private mutating func giveUp(_ status: Int?, _ exit: ExitStatus, _ sentence: String) -> Action {
        for item in self.queue.flatMap(\.items) {
            self.report.fail(PublishFailure(line: item.line, status: status, detail: sentence))
        }
        let line = self.queue.first?.items.first?.line ?? 1
        self.queue = []
        self.report.stop(PublishReport.Stop(status: exit, sentence: sentence, fromLine: line))
        return .finished(self.report)
    }
}
