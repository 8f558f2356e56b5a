import CloudEvents
import NIOCore
import Testing
import WebhookSignatures
import WebhookTestKit
import Webhooks

/// Every provider, through the HTTP surface.
struct ProviderTests {
    @Test func everyProviderHasASample() {
        #expect(Set(ProviderSample.all.map(\.provider)) == Set(WebhookProvider.all.map(\.name)))
    }

    @Test(arguments: ProviderSample.all)
    func aGenuineWebhookBecomesAnEvent(_ sample: ProviderSample) async throws {
        try await WebhookWorld.with(at: ProviderSample.now * 1_000) { world in
            let id = try await world.endpoint(sample.provider, secrets: [sample.secret]) {
                if sample.provider == "twilio" { $0.publicURL = ProviderSample.publicURL }
            }
            let answer = try await world.post(id, sample.body, sample.headers)
            #expect(answer.status == 202, "\(answer.text)")
            #expect(answer.text.hasPrefix(#"{"accepted":1,"events":[{"id":"#))
            let stored = try #require(try world.stored().first)
            try stored.event.validate()
            for (name, value) in sample.expected {
                #expect(stored.event.attributes[name] == value, "\(name)")
            }
            #expect(stored.event.tenantID == "t")
            #expect(stored.event.correlationID != nil)
            if sample.provider != "mautic" {
                #expect(stored.event.data.map { String(buffer: $0) } == sample.body)
            }
            if sample.provider != "twilio" { #expect(stored.event.dataContentType == "application/json") }
            #expect(world.counter.outcomes == ["\(sample.provider) accepted"])
        }
    }

    @Test(arguments: ProviderSample.all)
    func anotherSecretIsRefusedWithoutAWord(_ sample: ProviderSample) async throws {
        try await WebhookWorld.with(at: ProviderSample.now * 1_000) { world in
            let other = sample.secret.hasPrefix("whsec_") ? "whsec_" + "YWJjZA==" : "another secret"
            let id = try await world.endpoint(sample.provider, secrets: [other]) {
                if sample.provider == "twilio" { $0.publicURL = ProviderSample.publicURL }
            }
            let answer = try await world.post(id, sample.body, sample.headers)
            #expect(answer.status == 401)
            #expect(answer.headers["www-authenticate"] != nil)
            #expect(answer.text.contains("not signed as the endpoint expects it"))
            #expect(!answer.text.contains(sample.secret))
            #expect(try world.stored().isEmpty)
            #expect(world.counter.outcomes == ["\(sample.provider) signature"])
        }
    }

    @Test(arguments: ProviderSample.all)
    func withoutItsHeadersNothingIsTakenIn(_ sample: ProviderSample) async throws {
        try await WebhookWorld.with(at: ProviderSample.now * 1_000) { world in
            let id = try await world.endpoint(sample.provider, secrets: [sample.secret]) {
                if sample.provider == "twilio" { $0.publicURL = ProviderSample.publicURL }
            }
            let answer = try await world.post(id, sample.body, [("Content-Type", "application/json")])
            #expect(answer.status == 401)
            #expect(try world.stored().isEmpty)
            #expect(world.counter.outcomes == ["\(sample.provider) header"])
        }
    }
}
