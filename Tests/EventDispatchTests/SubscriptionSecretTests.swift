import Delivery
import EventLog
import Foundation
import NIOCore
import RouterTestKit
import SecretSealing
import Subscriptions
import Testing
import WebhookSignatures

@testable import EventDispatch

/// Secrets of subscriptions: kept sealed, opened for sending, rotated with an overlap.
@Suite(.timeLimit(.minutes(1))) struct SubscriptionSecretTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let authorization = "Bearer hidden-authorization"

    private static func signed(
        _ name: String = "s", scheme: WebhookSigner.Scheme = .hmacSHA256
    ) -> Subscription {
        var subscription = DispatchWorld.subscription(name)
        subscription.config.signing = scheme
        return subscription
    }

    private func trust(_ world: DispatchWorld, _ name: String = "s") throws -> OutboundTrust {
        world.dispatcher.vault.trust(
            of: try #require(world.subscriptions.stored(DispatchWorld.id(name))), now: DispatchClock.wall)
    }

    private func shown(_ world: DispatchWorld, _ name: String = "s") async throws -> [String?] {
        try await world.subscriptions.signingSecrets(of: DispatchWorld.id(name)).secrets.map(\.secret)
    }

    @Test func whatIsStoredTellsNoSecret() async throws {
        try await DispatchWorld.with { world in
            var subscription = Self.signed()
            subscription.protocolSettings.authorization = .stored
            _ = try await world.subscriptions.create(
                subscription, secrets: SubscriptionSecrets(signing: [Self.secret], authorization: Self.authorization))
            let partition = TopicPartition(Topic("portarium.subscriptions"), Partition(0))
            let values = try await world.log.compacted(partition).values.map { String(buffer: $0) }
            #expect(values.count == 1)
            for value in values { #expect(!value.contains("MfKQ9r8G") && !value.contains("hidden")) }
            #expect(try await self.shown(world) == [Self.secret])
        }
    }

    @Test func secretsSurviveARestartAndAChangeThatGivesNone() async throws {
        let log = try await DispatchWorld.log()
        try await DispatchWorld.with(log) { world in
            var subscription = Self.signed()
            subscription.protocolSettings.authorization = .stored
            _ = try await world.subscriptions.create(
                subscription, secrets: SubscriptionSecrets(signing: [Self.secret], authorization: Self.authorization))
        }
        try await DispatchWorld.with(log) { world in
            var subscription = Self.signed()
            subscription.protocolSettings.authorization = .stored
            subscription.config.concurrency = 3
            _ = try await world.subscriptions.update(subscription)
            #expect(try await self.shown(world) == [Self.secret])
            guard case .value(let value)? = try self.trust(world).authorization else {
                Issue.record("there is no authorization")
                return
            }
            #expect(value == Self.authorization)
            #expect(try self.trust(world).signing.count == 1)
        }
    }

    @Test func whatIsNotWantedAnyMoreIsForgotten() async throws {
        try await DispatchWorld.with { world in
            _ = try await world.subscriptions.create(Self.signed())
            let view = try await world.subscriptions.update(DispatchWorld.subscription())
            #expect(view.stored.secrets.isEmpty)
            #expect(try self.trust(world).signing.isEmpty)
            let error = await #expect(throws: ServiceError.self) { try await self.shown(world) }
            #expect(error?.code == .notFound)
        }
    }

    @Test func anotherSchemeGetsASecretOfItsOwnAndPrivateKeysAreNotShown() async throws {
        try await DispatchWorld.with { world in
            _ = try await world.subscriptions.create(Self.signed())
            let view = try await world.subscriptions.update(Self.signed(scheme: .ed25519))
            let key = try #require(view.stored.secrets.signing.first?.publicKey)
            #expect(key.hasPrefix("whpk_"))
            #expect(try await self.shown(world) == [nil])
            #expect(try self.trust(world).signing.map(\.signer.publicKey) == [key])
        }
    }

    @Test func anAuthorizationThatWasNeverGivenIsRefused() async throws {
        try await DispatchWorld.with { world in
            var subscription = DispatchWorld.subscription()
            subscription.protocolSettings.authorization = .stored
            let error = await #expect(throws: ServiceError.self) {
                try await world.subscriptions.create(subscription)
            }
            #expect(error?.code == .unprocessable)
            #expect(error?.errors.first?.pointer == "/protocolsettings/authorization")
        }
    }

    @Test func aRotationSignsWithBothUntilTheOverlapEnds() async throws {
        try await DispatchWorld.with { world in
            _ = try await world.subscriptions.create(
                Self.signed(), secrets: SubscriptionSecrets(signing: [Self.secret]))
            let view = try await world.subscriptions.rotateSecret(
                of: DispatchWorld.id(), to: nil, overlapSeconds: 3_600)
            #expect(view.secrets.count == 2)
            #expect(view.secrets[0].expiresAt == nil)
            #expect(view.secrets[1].secret == Self.secret)
            let end = try #require(view.secrets[1].expiresAt)
            let trust = try self.trust(world)
            func items(_ milliseconds: Int64) -> Int {
                trust.signature(id: "1", timestamp: Timestamp(milliseconds: milliseconds), body: nil)
                    .split(separator: " ").count
            }
            #expect(items(end.milliseconds - 1) == 2)
            #expect(items(end.milliseconds) == 1)
        }
    }

    @Test func aRotationWithoutAnOverlapEndsTheOthers() async throws {
        try await DispatchWorld.with { world in
            _ = try await world.subscriptions.create(Self.signed())
            _ = try await world.subscriptions.rotateSecret(of: DispatchWorld.id(), to: Self.secret, overlapSeconds: 0)
            #expect(try await self.shown(world) == [Self.secret])
        }
    }

    @Test func thereIsABoundOnSecretsThatSign() async throws {
        try await DispatchWorld.with { world in
            _ = try await world.subscriptions.create(Self.signed())
            for _ in 1..<SubscriptionSecrets.signingMax {
                _ = try await world.subscriptions.rotateSecret(of: DispatchWorld.id(), to: nil, overlapSeconds: 60)
            }
            let error = await #expect(throws: ServiceError.self) {
                try await world.subscriptions.rotateSecret(of: DispatchWorld.id(), to: nil, overlapSeconds: 60)
            }
            #expect(error?.code == .conflict)
            #expect(try await self.shown(world).count == SubscriptionSecrets.signingMax)
        }
    }

    @Test func anotherSubscriptionCannotOpenWhatWasSealedForOne() async throws {
        try await DispatchWorld.with { world in
            _ = try await world.subscriptions.create(Self.signed("s"))
            var stolen = try #require(world.subscriptions.stored(DispatchWorld.id("s")))
            for id in [SubscriptionID(tenant: "t", name: "other"), SubscriptionID(tenant: "u", name: "s")] {
                stolen.subscription.id = id
                let trust = world.dispatcher.vault.trust(of: stolen, now: DispatchClock.wall)
                #expect(trust.fault != nil)
                #expect(trust.signing.isEmpty)
            }
        }
    }

    @Test func withoutTheKeyNothingIsKeptAndNothingIsSentUnsigned() async throws {
        let vault = SubscriptionVault(keyring: nil)
        let error = #expect(throws: ServiceError.self) {
            try vault.sealed(
                SubscriptionSecrets(), for: Self.signed(), old: nil, now: Timestamp(milliseconds: 1))
        }
        #expect(error?.code == .conflict)
        try await DispatchWorld.with { world in
            _ = try await world.subscriptions.create(Self.signed())
            let stored = try #require(world.subscriptions.stored(DispatchWorld.id()))
            #expect(vault.trust(of: stored, now: DispatchClock.wall).fault != nil)
        }
    }

    @Test func aSecretThatHasExpiredIsNotOpened() async throws {
        try await DispatchWorld.with { world in
            _ = try await world.subscriptions.create(Self.signed())
            var stored = try #require(world.subscriptions.stored(DispatchWorld.id()))
            let now = DispatchClock.wall
            stored.secrets.signing.append(
                .init(sealed: "of a key that is gone", publicKey: nil, createdAt: now, expiresAt: now))
            let trust = world.dispatcher.vault.trust(of: stored, now: now)
            #expect(trust.fault == nil)
            #expect(trust.signing.count == 1)
            let earlier = Timestamp(milliseconds: now.milliseconds - 1)
            #expect(world.dispatcher.vault.trust(of: stored, now: earlier).fault != nil)
        }
    }

    @Test func aStoredAuthorizationDoesNotFollowTheSinkToAnotherHost() async throws {
        try await DispatchWorld.with { world in
            var subscription = DispatchWorld.subscription()
            subscription.protocolSettings.authorization = .stored
            _ = try await world.subscriptions.create(
                subscription, secrets: SubscriptionSecrets(authorization: Self.authorization))
            subscription.sink = "https://elsewhere.example/in"
            let error = await #expect(throws: ServiceError.self) {
                try await world.subscriptions.update(subscription)
            }
            #expect(error?.code == .unprocessable)
            #expect(error?.errors.map(\.pointer) == ["/protocolsettings/authorization"])
            _ = try await world.subscriptions.update(
                subscription, secrets: SubscriptionSecrets(authorization: "Bearer new"))
            // Another path of the same host keeps it.
            subscription.sink = "https://elsewhere.example/other"
            _ = try await world.subscriptions.update(subscription)
            guard case .value("Bearer new")? = try self.trust(world).authorization else {
                Issue.record("the authorization is another one")
                return
            }
        }
    }

    @Test func aReplayIsSignedAsItsSubscriptionIs() async throws {
        try await DispatchWorld.with { world in
            _ = try await world.subscriptions.create(Self.signed())
            try await world.publish("1")
            await until { world.sink.deliveries.count == 1 }
            _ = try await world.replay()
            await until { world.sink.replayed.count == 1 }
            #expect(world.sink.deliveries.allSatisfy { $0.signatures == 1 })
        }
    }
}
