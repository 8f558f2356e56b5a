import EventLog
import Testing
import WebhookSignatures
import Webhooks

@testable import EventDispatch

/// Which of several endpoints of one id counts.
@Suite struct WebhookEndpointCatalogTests {
    private func entry(
        _ generation: String, tenant: String = "t", at offset: Int64
    ) throws -> WebhookEndpointCatalog.Entry {
        let provider = try #require(WebhookProvider.named("github"))
        var stored = StoredWebhookEndpoint(
            WebhookEndpoint(id: "hub", tenant: tenant, provider: provider), generation: generation, sealedSecrets: [],
            now: Timestamp(milliseconds: 1))
        stored.createdOffset = offset
        return .init(key: .init(id: "hub", generation: generation), stored: stored)
    }

    @Test func theFirstCountsInWhateverOrderTheyAreRead() throws {
        let (first, second) = (try self.entry("b", tenant: "one", at: 1), try self.entry("a", tenant: "two", at: 2))
        for order in [[first, second], [second, first], [second, first, second]] {
            var catalog = WebhookEndpointCatalog()
            for entry in order { catalog.apply(entry.key, entry) }
            #expect(catalog["hub"]?.key == first.key)
            #expect(catalog.keys(of: "hub") == [second.key, first.key])
            #expect(catalog.count(tenant: "one") == 1)
            #expect(catalog.count(tenant: "two") == 0)
            catalog.apply(second.key, nil)
            catalog.apply(first.key, nil)
            #expect(catalog.isEmpty)
            #expect(catalog.count(tenant: "one") == 0)
        }
    }

    @Test func oneOfAnEarlierVersionKeepsItsKey() throws {
        var old = try self.entry("a", at: 1)
        old.key = .init("hub")
        #expect(old.key.id == "hub")
        #expect(WebhookEndpointCatalog.Key("hub/a") == WebhookEndpointCatalog.Key(id: "hub", generation: "a"))
        var catalog = WebhookEndpointCatalog()
        catalog.apply(old.key, old)
        old.stored.revision = 1
        catalog.apply(old.key, old)
        #expect(catalog["hub"]?.stored.revision == 1)
        catalog.apply(old.key, nil)
        #expect(catalog.isEmpty)
    }
}
