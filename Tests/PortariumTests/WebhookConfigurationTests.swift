import EventDispatch
import EventLog
import Foundation
import Ingress
import NetworkGuard
import RouterAPI
import SecretSealing
import Testing
import Webhooks

@testable import Portarium

/// Settings of webhooks and of stored secrets.
struct WebhookConfigurationTests {
    private func read(_ text: String) async throws -> RouterConfiguration {
        try await TemporaryFile.with(text) { file in
            try await RouterConfigurationReader(environment: [:], file: file.path).read().configuration
        }
    }

    private func faults(_ text: String) async -> String {
        do {
            _ = try await self.read(text)
            return ""
        } catch {
            let failure = error as? CommandFailure
            return (failure.map { [$0.message] + $0.details } ?? ["\(error)"]).joined(separator: "\n")
        }
    }

    @Test func everySettingArrives() async throws {
        let key = SecretKeyring.makeKey()
        let configuration = try await self.read(
            """
            webhooks:
              publicUrl: https://hooks.example:8443
              trustedProxies: [10.0.0.0/8, '2001:db8::1']
              endpointsPerTenantMax: 3
              dedupeEntriesMax: 5000
            secrets:
              encryptionKey: \(key)
            log: {topicPrefix: mine}
            """)
        #expect(configuration.webhookIntake.publicURL == "https://hooks.example:8443")
        #expect(configuration.routerAPI.webhookPublicURL == "https://hooks.example:8443")
        #expect(configuration.webhookIntake.trustedProxies.map(\.description) == ["10.0.0.0/8", "2001:db8::1/128"])
        #expect(configuration.webhookService.endpointsPerTenantMax == 3)
        #expect(configuration.webhookService.endpointTopic.name == "mine.webhook-endpoints")
        #expect(configuration.webhookIntake.deliveryTopic.name == "mine.webhook-deliveries")
        #expect(configuration.webhooks.dedupeEntriesMax == 5_000)
        let sealed = try SecretKeyring(key).seal("s", binding: [])
        #expect(try configuration.secretKeyring()?.open(sealed, binding: []) == "s")
    }

    @Test(arguments: [
        ("webhooks: {publicUrl: hooks.example}", "webhooks.publicUrl must be"),
        ("webhooks: {publicUrl: 'https://hooks.example/path'}", "webhooks.publicUrl must be"),
        ("webhooks: {trustedProxies: [proxy.example]}", "must be an address or a network"),
        ("secrets: {encryptionKey: not-a-key}", "secrets.encryptionKey must be keys of 32 bytes"),
    ])
    func whatIsWrongIsNamed(text: String, expected: String) async {
        let faults = await self.faults(text)
        #expect(faults.contains(expected), "\(faults)")
        #expect(!faults.contains("not-a-key"))
    }

    @Test func onKafkaNoKeyIsMade() async throws {
        let configuration = try await self.read("kafka: {brokers: ['127.0.0.1:9092']}")
        #expect(try configuration.secretKeyring() == nil)
    }

    @Test func theTopicsAreMade() throws {
        let configuration = RouterConfiguration()
        let topics = configuration.allTopics(try configuration.routingTable())
        #expect(topics.contains { $0.topic.name == "portarium.webhook-endpoints" && $0.isCompacted })
        #expect(topics.contains { $0.topic.name == "portarium.webhook-deliveries" && $0.retentionAge != nil })
    }
}
