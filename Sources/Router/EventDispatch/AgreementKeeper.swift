import Delivery
import Logging
import ServiceLifecycle
import Subscriptions
import Synchronization

/// Asks the targets of subscriptions that want a handshake whether they want deliveries, until they agree.
///
/// A subscription that is new, or whose sink has changed, or that a person resumes is asked for at once, later at a
/// fixed interval. Every replica that dispatches asks; the first answer that is stored counts for all.
public final class AgreementKeeper: Service {
    private struct Entry {
        /// When it is asked next, by the monotonic clock in milliseconds.
        var dueAt: Int64
        /// When it was asked last.
        var askedAt: Int64?
        var isBeingAsked = false
    }

    /// Targets that are asked at the same time.
    private static let asksMax = 32
    /// A target is asked no oftener, whatever people do, in milliseconds.
    private static let spacingMilliseconds: Int64 = 1_000
    /// How often it is looked for who is due, in milliseconds.
    private static let lookMilliseconds: Int64 = 250
    private let subscriptions: LogSubscriptionService
    private let handshake: any SinkHandshake
    private let intervalMilliseconds: Int64
    private let entries = Mutex<[SubscriptionID: Entry]>([:])
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    /// Begins to hear how subscriptions change. They do not keep it alive.
    public init(subscriptions: LogSubscriptionService, handshake: any SinkHandshake) {
        self.subscriptions = subscriptions
        self.handshake = handshake
        self.intervalMilliseconds = subscriptions.dispatcher.configuration.handshakeIntervalMilliseconds
        (self.wakes, self.wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        subscriptions.follow { [weak self] id in self?.followChange(of: id) }
    }

    /// Asks until the process is told to end; once per instance.
    public func run() async throws {
        for stored in self.subscriptions.waitingForAgreement() { self.expect(stored.subscription.id) }
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.lookRegularly() }
                for await _ in self.wakes {
                    for id in self.takeDue() { group.addTask { await self.ask(id) } }
                }
                group.cancelAll()
            }
        }
    }

    private func lookRegularly() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(Self.lookMilliseconds))
            let now = DispatchClock.monotonicMilliseconds
            let isDue = self.entries.withLock { $0.values.contains { !$0.isBeingAsked && $0.dueAt <= now } }
            if isDue { self.wake.yield() }
        }
    }

    private func followChange(of id: SubscriptionID) {
        guard let stored = self.subscriptions.stored(id), LogSubscriptionService.isWaiting(stored) else {
            return self.entries.withLock { $0[id] = nil }
        }
        // What was stored of an answer is such a change, too, and no reason to ask at once.
        guard stored.statusReason == StoredSubscription.waitsForAgreement else { return }
        self.expect(id)
        self.wake.yield()
    }

    /// As soon as it may be asked.
    private func expect(_ id: SubscriptionID) {
        let now = DispatchClock.monotonicMilliseconds
        self.entries.withLock { entries in
            var entry = entries[id] ?? Entry(dueAt: now)
            entry.dueAt = max(now, (entry.askedAt ?? .min / 2) + Self.spacingMilliseconds)
            entries[id] = entry
        }
    }

    private func takeDue() -> [SubscriptionID] {
        let now = DispatchClock.monotonicMilliseconds
        return self.entries.withLock { entries in
            let free = Self.asksMax - entries.values.count(where: \.isBeingAsked)
            let due = entries.filter { !$0.value.isBeingAsked && $0.value.dueAt <= now }.keys.sorted().prefix(
                max(free, 0))
            for id in due { entries[id]?.isBeingAsked = true }
            return Array(due)
        }
    }

    private func ask(_ id: SubscriptionID) async {
        if let stored = self.subscriptions.stored(id), LogSubscriptionService.isWaiting(stored) {
            await self.ask(stored)
        }
        let now = DispatchClock.monotonicMilliseconds
        self.entries.withLock { entries in
            guard var entry = entries[id] else { return }
            entry.isBeingAsked = false
            entry.askedAt = now
            // A change that came meanwhile has made it due already.
            entry.dueAt = max(
                entry.dueAt <= now ? now + self.intervalMilliseconds : entry.dueAt, now + Self.spacingMilliseconds)
            entries[id] = entry
        }
        if self.subscriptions.stored(id).map(LogSubscriptionService.isWaiting) != true {
            self.entries.withLock { $0[id] = nil }
        }
    }

    private func ask(_ stored: StoredSubscription) async {
        let dispatcher = self.subscriptions.dispatcher
        let trust = dispatcher.vault.trust(of: stored)
        let rate = stored.subscription.config.rateLimitPerSecond.map { max(1, Int($0 * 60)) }
        let answer: HandshakeAnswer
        if let fault = trust.fault {
            answer = .refused(fault)
        } else {
            answer = await self.handshake.ask(
                Destination(stored.subscription, trust: trust), requestsPerMinute: rate)
        }
        guard !Task.isCancelled else { return }
        do throws(ServiceError) { try await self.subscriptions.settle(answer, of: stored) } catch {
            guard error.code != .notFound else { return }
            dispatcher.logger.warning(
                "what a sink has agreed to could not be stored; it is asked again",
                metadata: ["subscription": "\(stored.subscription.id)", "error": "\(error.message)"])
        }
    }
}
