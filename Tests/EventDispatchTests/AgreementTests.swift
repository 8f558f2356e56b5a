import Delivery
import EventLog
import RouterTestKit
import Subscriptions
import Testing

@testable import EventDispatch

/// Deliveries begin when the target has agreed to them.
@Suite(.timeLimit(.minutes(1))) struct AgreementTests {
    private static let one = "http://one.test/"
    private static let two = "http://two.test/"

    private static func polite(_ sink: String = one) -> Subscription {
        var subscription = DispatchWorld.subscription(sink: sink)
        subscription.protocolSettings.handshake = true
        return subscription
    }

    private static func with(
        _ log: InMemoryEventLog? = nil, intervalMilliseconds: Int64 = 3_600_000,
        _ body: (DispatchWorld, ScriptedHandshake) async throws -> Void
    ) async throws {
        try await DispatchWorld.with(log, { $0.handshakeIntervalMilliseconds = intervalMilliseconds }) { world in
            let handshake = ScriptedHandshake()
            let keeper = AgreementKeeper(subscriptions: world.subscriptions, handshake: handshake)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await keeper.run() }
                defer { group.cancelAll() }
                try await body(world, handshake)
            }
        }
    }

    private func view(_ world: DispatchWorld) async throws -> SubscriptionView {
        try await world.subscriptions.get(DispatchWorld.id())
    }

    @Test func nothingIsSentBeforeTheTargetHasAgreed() async throws {
        try await Self.with { world, handshake in
            let view = try await world.subscriptions.create(Self.polite())
            #expect(view.status == .suspended)
            #expect(view.lastError == StoredSubscription.waitsForAgreement)
            try await world.publish("1")
            await until { handshake.asked == [Self.one] }
            await until { (try? await self.view(world))?.lastError == "it has not been told" }
            #expect(world.sink.deliveries.isEmpty)

            handshake.answer(Self.one, .allowed(requestsPerMinute: 120))
            // A person need not wait for the interval.
            _ = try await world.subscriptions.resume(DispatchWorld.id())
            await until { world.sink.deliveries.count == 1 }
            let agreed = try await self.view(world)
            #expect(agreed.status == .active || agreed.status == .catchingUp)
            #expect(agreed.stored.agreement?.requestsPerMinute == 120)
            #expect(agreed.stored.statusReason == nil)
        }
    }

    @Test func aRefusalIsAskedAgainAtTheInterval() async throws {
        try await Self.with(intervalMilliseconds: 1_000) { world, handshake in
            _ = try await world.subscriptions.create(Self.polite())
            await until { handshake.asked.count >= 2 }
            handshake.answer(Self.one, .allowed(requestsPerMinute: nil))
            try await world.publish("1")
            await until { world.sink.deliveries.count == 1 }
        }
    }

    @Test func theLowerRateCounts() async throws {
        try await Self.with { world, handshake in
            handshake.answer(Self.one, .allowed(requestsPerMinute: 60))
            var subscription = Self.polite()
            subscription.config.rateLimitPerSecond = 5
            _ = try await world.subscriptions.create(subscription)
            await until { (try? await self.view(world))?.stored.status == .active }
            #expect(handshake.rates == [300])
            let stored = try await self.view(world).stored
            let used = world.dispatcher.specification(of: DispatchWorld.id(), generation: stored.generation)
            #expect(used?.config.rateLimitPerSecond == 1)
            #expect(stored.subscription.config.rateLimitPerSecond == 5)
            #expect(used?.destination.trust.namesOrigin == true)
        }
    }

    @Test func anotherSinkHasToAgreeForItself() async throws {
        try await Self.with { world, handshake in
            handshake.answer(Self.one, .allowed(requestsPerMinute: nil))
            _ = try await world.subscriptions.create(Self.polite())
            await until { (try? await self.view(world))?.stored.status == .active }
            _ = try await world.subscriptions.update(Self.polite(Self.two))
            await until { handshake.asked.last == Self.two }
            try await world.publish("1")
            await until { (try? await self.view(world))?.lastError == "it has not been told" }
            #expect(world.sink.deliveries.isEmpty)
            // And who asks for no handshake any more needs none.
            _ = try await world.subscriptions.update(DispatchWorld.subscription(sink: Self.two))
            await until { world.sink.deliveries.count == 1 }
        }
    }

    @Test func aPausedSubscriptionIsAskedForWhenItIsResumed() async throws {
        try await Self.with { world, handshake in
            _ = try await world.subscriptions.create(DispatchWorld.subscription())
            _ = try await world.subscriptions.pause(DispatchWorld.id())
            _ = try await world.subscriptions.update(Self.polite())
            try await Task.sleep(for: .milliseconds(400))
            #expect(handshake.asked.isEmpty)
            #expect(try await self.view(world).status == .paused)
            handshake.answer(Self.one, .allowed(requestsPerMinute: nil))
            #expect(try await world.subscriptions.resume(DispatchWorld.id()).status == .suspended)
            await until { (try? await self.view(world))?.stored.status == .active }
        }
    }

    @Test func anAgreementSurvivesARestartAndAMissingOneIsAskedFor() async throws {
        let log = try await DispatchWorld.log()
        try await Self.with(log) { world, handshake in
            handshake.answer(Self.one, .allowed(requestsPerMinute: nil))
            _ = try await world.subscriptions.create(Self.polite())
            var other = Self.polite(Self.two)
            other.id = DispatchWorld.id("other")
            _ = try await world.subscriptions.create(other)
            await until { (try? await self.view(world))?.stored.status == .active }
        }
        try await Self.with(log) { world, handshake in
            await until { handshake.asked == [Self.two] }
            let view = try await self.view(world)
            #expect(view.stored.status == .active)
        }
    }
}
