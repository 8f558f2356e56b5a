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
    /// How often it is looked for who is due, in milliseconds.
    private static let lookMilliseconds: Int64 = 250
    private let subscriptions: LogSubscriptionService
    private let handshake: any SinkHandshake
    private let schedule: Mutex<AgreementSchedule>
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    /// Begins to hear how subscriptions change. They do not keep it alive.
    public init(subscriptions: LogSubscriptionService, handshake: any SinkHandshake) {
        self.subscriptions = subscriptions
        self.handshake = handshake
        let interval = subscriptions.dispatcher.configuration.handshakeIntervalMilliseconds
        self.schedule = Mutex(AgreementSchedule(intervalMilliseconds: interval))
        (self.wakes, self.wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        subscriptions.follow { [weak self] id in self?.followChange(of: id) }
    }

    /// Asks until the process is told to end; once per instance.
    public func run() async throws {
        let now = DispatchClock.monotonicMilliseconds
        let waiting = self.subscriptions.waitingForAgreement()
        self.schedule.withLock { schedule in
            for stored in waiting { schedule.expect(stored.subscription.id, now: now) }
        }
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
            if self.schedule.withLock({ $0.needsLook(now: now) }) { self.wake.yield() }
        }
    }

    private func followChange(of id: SubscriptionID) {
        let now = DispatchClock.monotonicMilliseconds
        guard let stored = self.subscriptions.stored(id), LogSubscriptionService.isWaiting(stored) else {
            return self.schedule.withLock { $0.forget(id, now: now) }
        }
        // What was stored of an answer is such a change, too, and no reason to ask at once.
        guard stored.statusReason == StoredSubscription.waitsForAgreement else { return }
        self.schedule.withLock { $0.expect(id, now: now) }
        self.wake.yield()
    }

    private func takeDue() -> [SubscriptionID] {
        let now = DispatchClock.monotonicMilliseconds
        return self.schedule.withLock { $0.takeDue(now: now) }
    }

    private func ask(_ id: SubscriptionID) async {
        if let stored = self.subscriptions.stored(id), LogSubscriptionService.isWaiting(stored) {
            await self.ask(stored)
        }
        let now = DispatchClock.monotonicMilliseconds
        let isStillWanted = self.subscriptions.stored(id).map(LogSubscriptionService.isWaiting) == true
        self.schedule.withLock { $0.asked(id, isStillWanted: isStillWanted, now: now) }
        self.wake.yield()
    }

    private func ask(_ stored: StoredSubscription) async {
        let dispatcher = self.subscriptions.dispatcher
        let trust = dispatcher.vault.trust(of: stored, now: DispatchClock.wall)
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
