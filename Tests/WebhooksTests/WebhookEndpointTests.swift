import CloudEvents
import EventDispatch
import EventLog
import NIOCore
import NetworkGuard
import RouterTestKit
import SecretSealing
import Synchronization
import Testing
import Transforms
import WebhookSignatures
import WebhookTestKit
import Webhooks

struct WebhookEndpointTests {
    private static let body = #"{"type":"x"}"#

    private static func signed(_ secret: String) -> [(String, String)] {
        WebhookSigner.github(Self.body, event: "ping", delivery: secret, secret: secret)
    }

    @Test func anUnknownEndpointIsNotThere() async throws {
        try await WebhookWorld.with { world in
            let answer = try await world.post("nobody", Self.body, Self.signed("s"))
            #expect(answer.status == 404)
            #expect(world.counter.outcomes == ["unknown unknown-endpoint"])
        }
    }

    @Test func idsThatAreMadeCannotBeGuessed() async throws {
        try await WebhookWorld.with { world in
            var ids: Set<String> = []
            for _ in 0..<50 { ids.insert(try await world.endpoint("github", secrets: ["s"])) }
            #expect(ids.count == 50)
            let alphabet = Set("0123456789abcdefghijklmnopqrstuvwxyz")
            #expect(ids.allSatisfy { $0.count >= 26 && $0.allSatisfy(alphabet.contains) })
        }
    }

    @Test func bothSecretsAreGoodWhileTheyAreRotated() async throws {
        try await WebhookWorld.with { world in
            let id = try await world.endpoint("github", secrets: ["old", "new"])
            #expect(try await world.post(id, Self.body, Self.signed("old")).status == 202)
            #expect(try await world.post(id, Self.body, Self.signed("new")).status == 202)
            #expect(try await world.post(id, Self.body, Self.signed("other")).status == 401)
            let endpoint = try await world.endpoints.get(id, tenant: "t").endpoint
            let view = try await world.endpoints.update(WebhookEndpointRequest(endpoint: endpoint, secrets: ["new"]))
            #expect(view.secretCount == 1)
            #expect(try await world.post(id, Self.body, Self.signed("old")).status == 401)
        }
    }

    @Test func aChangeWithoutSecretsKeepsThem() async throws {
        try await WebhookWorld.with { world in
            let id = try await world.endpoint("github", secrets: ["s"])
            var endpoint = try await world.endpoints.get(id, tenant: "t").endpoint
            endpoint.dedupeWindowSeconds = 5
            let view = try await world.endpoints.update(WebhookEndpointRequest(endpoint: endpoint, secrets: nil))
            #expect(view.secretCount == 1)
            #expect(view.endpoint.dedupeWindowSeconds == 5)
            #expect(try await world.post(id, Self.body, Self.signed("s")).status == 202)
        }
    }

    @Test func tenantsSeeTheirOwnOnly() async throws {
        try await WebhookWorld.with { world in
            let id = try await world.endpoint("github", secrets: ["s"], id: "hub", tenant: "one")
            await #expect { _ = try await world.endpoints.get(id, tenant: "two") } throws: { error in
                (error as? ServiceError)?.code == .notFound
            }
            await #expect { try await world.endpoints.delete(id, tenant: "two") } throws: { error in
                (error as? ServiceError)?.code == .notFound
            }
            var stolen = try await world.endpoints.get(id, tenant: "one").endpoint
            stolen.tenant = "two"
            let request = WebhookEndpointRequest(endpoint: stolen, secrets: ["mine"])
            await #expect { _ = try await world.endpoints.update(request) } throws: { error in
                (error as? ServiceError)?.code == .notFound
            }
            #expect(try await world.endpoints.list(tenant: "two", page: PageRequest()).items.isEmpty)
            // The id alone is in the URL: it can be nobody else's.
            await #expect {
                try await world.endpoint("github", secrets: ["s"], id: "hub", tenant: "two")
            } throws: { error in
                (error as? ServiceError)?.code == .conflict
            }
            #expect(try await world.post(id, Self.body, Self.signed("s")).status == 202)
            #expect(try world.stored().map(\.event.tenantID) == ["one"])
        }
    }

    @Test func theListGoesOnWhereItEnded() async throws {
        try await WebhookWorld.with { world in
            for id in ["c", "a", "b"] { try await world.endpoint("github", secrets: ["s"], id: id) }
            let first = try await world.endpoints.list(tenant: "t", page: PageRequest(limit: 2))
            #expect(first.items.map(\.endpoint.id) == ["a", "b"])
            let cursor = try #require(first.nextCursor)
            let second = try await world.endpoints.list(tenant: "t", page: PageRequest(limit: 2, cursor: cursor))
            #expect(second.items.map(\.endpoint.id) == ["c"])
            #expect(second.nextCursor == nil)
        }
    }

    @Test func aTenantHasAsManyAsItMayHave() async throws {
        try await WebhookWorld.with(endpointsMax: 2) { world in
            for id in ["a", "b"] { try await world.endpoint("github", secrets: ["s"], id: id) }
            await #expect { try await world.endpoint("github", secrets: ["s"], id: "c") } throws: { error in
                (error as? ServiceError)?.code == .limitExceeded
            }
            try await world.endpoint("github", secrets: ["s"], id: "c", tenant: "other")
            try await world.endpoints.delete("a", tenant: "t")
            try await world.endpoint("github", secrets: ["s"], id: "d")
        }
    }

    @Test func endpointsOutliveARestart() async throws {
        let log = try await WebhookWorld.makeLog()
        try await WebhookWorld.with(log) { world in
            try await world.endpoint("gitlab", secrets: ["s"], id: "lab") {
                $0.mapping.templates[.subject] = [try AttributeTemplate("{/a}"), try AttributeTemplate("none")]
                $0.allowedAddresses = [try IPNetwork("192.0.2.0/24")]
                $0.toleranceSeconds = 7
                $0.publicURL = "https://lab.example/x"
            }
            try await world.endpoint("hmac", secrets: ["s"], id: "acme") {
                $0.verification = HMACVerification(header: "X-Acme", prefix: "v1=", encoding: .base64)
            }
            try await world.endpoint("github", secrets: ["s"], id: "gone")
            try await world.endpoints.delete("gone", tenant: "t")
        }
        try await WebhookWorld.with(log) { world in
            let endpoint = try await world.endpoints.get("lab", tenant: "t").endpoint
            #expect(endpoint.provider.name == "gitlab")
            #expect(endpoint.mapping.templates[.subject]?.map(\.text) == ["{/a}", "none"])
            #expect(endpoint.allowedAddresses.map(\.description) == ["192.0.2.0/24"])
            #expect(endpoint.toleranceSeconds == 7)
            #expect(endpoint.publicURL == "https://lab.example/x")
            let signed = ("X-Acme", "v1=\(WebhookSigner.base64(Self.body, "s"))")
            #expect(try await world.post("acme", Self.body, [signed]).status == 202)
            #expect(try await world.post("acme", Self.body, [("X-Webhook-Signature", signed.1)]).status == 401)
            #expect(try await world.post("gone", Self.body, Self.signed("s")).status == 404)
        }
    }

    @Test func secretsAreNowhereToBeSeen() async throws {
        let secrets = ["first-secret-of-all", "second-secret-of-all"]
        try await WebhookWorld.with { world in
            let id = try await world.endpoint("github", secrets: secrets)
            let headers = WebhookSigner.github(Self.body, event: "ping", delivery: "1", secret: secrets[1])
            #expect(try await world.post(id, Self.body, headers).status == 202)
            let wrong = WebhookSigner.github(Self.body, event: "ping", delivery: "2", secret: "wrong")
            let answer = try await world.post(id, Self.body, wrong)
            let signatures = (headers + wrong).map(\.1).filter { $0.hasPrefix("sha256=") }.map { $0.dropFirst(7) }
            let said = [answer.text, world.everything, world.lines.whole.joined(), "\(world.counter.outcomes)"]
            #expect(world.lines.whole.contains { $0.contains("a webhook is not believed") })
            for text in said {
                for secret in secrets { #expect(!text.contains(secret)) }
                for signature in signatures { #expect(!text.contains(signature)) }
            }
        }
    }

    @Test func withoutAKeyEndpointsAreRefused() async throws {
        try await WebhookWorld.with(keys: nil) { world in
            await #expect { try await world.endpoint("github", secrets: ["s"]) } throws: { error in
                let error = error as? ServiceError
                return error?.code == .conflict && error?.message.contains("secrets.encryptionKey") == true
            }
        }
    }

    @Test func keysAreRotated() async throws {
        let log = try await WebhookWorld.makeLog()
        let new = SecretKeyring.makeKey()
        try await WebhookWorld.with(log) { try await $0.endpoint("github", secrets: ["s"], id: "hub") }
        try await WebhookWorld.with(log, keys: new) { world in
            let refused = try await world.post("hub", Self.body, Self.signed("s"))
            #expect(refused.status == 503)
            #expect(
                try await world.endpoints.get("hub", tenant: "t").fault?.contains("was sealed with the key") == true)
        }
        try await WebhookWorld.with(log, keys: "\(new),\(WebhookWorld.key)") { world in
            #expect(try await world.post("hub", Self.body, Self.signed("s")).status == 202)
            let endpoint = try await world.endpoints.get("hub", tenant: "t").endpoint
            _ = try await world.endpoints.update(WebhookEndpointRequest(endpoint: endpoint, secrets: nil))
        }
        try await WebhookWorld.with(log, keys: new) { world in
            let taken = try await world.post("hub", Self.body, Self.signed("s"))
            #expect(taken.status == 202)
        }
    }

    @Test func secretsThatTheProviderCannotUseAreRefused() async throws {
        try await WebhookWorld.with { world in
            await #expect {
                try await world.endpoint("standard-webhooks", secrets: ["whsec_no base64"])
            } throws: { error in
                let error = error as? ServiceError
                return error?.code == .unprocessable && error?.errors.first?.pointer == "/secrets"
            }
        }
    }
}
