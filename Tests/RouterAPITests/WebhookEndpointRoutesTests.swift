import EventDispatch
import HTTPTypes
import NIOCore
import Testing
import Webhooks

@testable import RouterAPI

struct WebhookEndpointRoutesTests {
    private static let path = "/v1/webhook-endpoints"
    private static let full = """
        {"id":"hub","provider":"GitHub","secrets":["first-secret","second-secret"],"allowedAddresses":["192.0.2.0/24"],
         "mapping":{"subject":"{/ticket/id}","type":["com.acme.{/kind|lower}","com.acme.any"]},
         "dedupeWindowSeconds":60,"publicUrl":"https://hooks.example/x","toleranceSeconds":10}
        """

    @Test func creatingAnswersWithTheEndpointAndWithoutItsSecrets() async throws {
        let api = try APIFixture()
        let answer = try await api.send(.post, Self.path, body: Self.full)
        #expect(answer.status == 201)
        #expect(answer.header("Location") == "/v1/webhook-endpoints/hub")
        let json = try answer.json()
        #expect(json["url"]?.string == "https://hooks.example/x")
        #expect(json["provider"]?.string == "github")
        #expect(json["secretCount"]?.int == 2)
        #expect(json["secrets"] == nil)
        #expect(json["mapping"]?["subject"]?.array == [.string("{/ticket/id}")])
        #expect(json["mapping"]?["type"]?.array.count == 2)
        #expect(json["toleranceSeconds"]?.int == 10)
        #expect(api.webhookEndpoints.secrets(of: "hub") == ["first-secret", "second-secret"])
        for path in [Self.path, "\(Self.path)/hub"] {
            let shown = try await api.send(.get, path)
            #expect(shown.status == 200)
            #expect(!String(buffer: shown.body).contains("-secret"))
        }
    }

    @Test func anAnswerCanBePutBackAndKeepsTheSecrets() async throws {
        let api = try APIFixture()
        let created = try await api.send(.post, Self.path, body: Self.full)
        let answer = try await api.send(.put, "\(Self.path)/hub", bytes: created.body)
        #expect(answer.status == 200)
        #expect(try answer.json() == created.json())
        #expect(api.webhookEndpoints.secrets(of: "hub")?.count == 2)
    }

    @Test func howSendersSignIsShownAndCanBePutBack() async throws {
        let api = try APIFixture()
        let created = try await api.send(
            .post, Self.path,
            body: #"{"id":"acme","provider":"hmac","secrets":["s"],"verification":{"header":"X-Acme","prefix":"v2="}}"#)
        #expect(created.status == 201)
        let shown = try created.json()["verification"]
        #expect(shown?["header"]?.string == "X-Acme")
        #expect(shown?["prefix"]?.string == "v2=")
        #expect(shown?["encoding"]?.string == "hex")
        #expect(shown?["algorithm"]?.string == "sha256")
        let answer = try await api.send(.put, "\(Self.path)/acme", bytes: created.body)
        #expect(try answer.json() == created.json())
    }

    @Test func theUrlIsAPathWhereNobodySaidMore() async throws {
        let body = #"{"provider":"stripe","secrets":["s"]}"#
        let answer = try await APIFixture().send(.post, Self.path, body: body)
        let id = try #require(try answer.json()["id"]?.string)
        #expect(try answer.json()["url"]?.string == "/v1/webhooks/\(id)")
        #expect(try answer.json()["dedupeWindowSeconds"]?.int == 86_400)
        var configuration = RouterAPIConfiguration()
        configuration.webhookPublicURL = "https://hooks.example"
        let other = try await APIFixture(configuration: configuration).send(.post, Self.path, body: body)
        #expect(try other.json()["url"]?.string?.hasPrefix("https://hooks.example/v1/webhooks/") == true)
    }

    @Test(arguments: [
        (#"{"provider":"nobody","secrets":["s"]}"#, ["/provider"]),
        (#"{"provider":"github"}"#, ["/secrets"]),
        (#"{"provider":"github","secrets":[]}"#, ["/secrets"]),
        (#"{"provider":"github","secrets":["a",""]}"#, ["/secrets/1"]),
        (#"{"provider":"github","secrets":["s"],"id":"a/b"}"#, ["/id"]),
        (
            #"{"provider":"github","secrets":["s"],"allowedAddresses":["10.0.0.0/8","10.0.0.0/33"]}"#,
            ["/allowedAddresses/1"]
        ),
        (#"{"provider":"github","secrets":["s"],"dedupeWindowSeconds":604801}"#, ["/dedupeWindowSeconds"]),
        (#"{"provider":"github","secrets":["s"],"toleranceSeconds":0}"#, ["/toleranceSeconds"]),
        (#"{"provider":"github","secrets":["s"],"publicUrl":"ftp://x"}"#, ["/publicUrl"]),
        (#"{"provider":"twilio","secrets":["s"]}"#, ["/publicUrl"]),
        (#"{"provider":"github","secrets":["s"],"mapping":{"topic":"x"}}"#, ["/mapping/topic"]),
        (#"{"provider":"github","secrets":["s"],"mapping":{"type":"{x}"}}"#, ["/mapping/type"]),
        (#"{"provider":"github","secrets":["s"],"mapping":{"type":["a","{/b"]}}"#, ["/mapping/type/1"]),
        (#"{"provider":"github","secrets":["s"],"secret":"s"}"#, ["/secret"]),
        (#"{"provider":"github","secrets":["s"],"verification":{}}"#, ["/verification"]),
        (
            #"{"provider":"hmac","secrets":["s"],"#
                + #""verification":{"header":"a b","prefix":"a,","encoding":"x","algorithm":"md5"}}"#,
            ["/verification/header", "/verification/prefix", "/verification/encoding", "/verification/algorithm"]
        ),
        (#"{"provider":"hmac","secrets":["s"],"verification":{"name":"x"}}"#, ["/verification/name"]),
    ])
    func whatIsWrongIsNamed(body: String, pointers: [String]) async throws {
        let answer = try await APIFixture().send(.post, Self.path, body: body)
        #expect(answer.status == 422)
        #expect(try answer.pointers() == pointers)
    }

    @Test func anotherTenantsEndpointIsNotThere() async throws {
        let api = try APIFixture()
        #expect(try await api.send(.post, Self.path, body: Self.full, tenant: "one").status == 201)
        let put = #"{"provider":"github"}"#
        #expect(try await api.send(.get, "\(Self.path)/hub", tenant: "two").status == 404)
        #expect(try await api.send(.put, "\(Self.path)/hub", body: put, tenant: "two").status == 404)
        #expect(try await api.send(.delete, "\(Self.path)/hub", tenant: "two").status == 404)
        #expect(try await api.send(.get, Self.path, tenant: "two").json()["items"]?.array.isEmpty == true)
        #expect(try await api.send(.post, Self.path, body: Self.full, tenant: "two").status == 409)
        #expect(try await api.send(.delete, "\(Self.path)/hub", tenant: "one").status == 204)
        #expect(try await api.send(.get, "\(Self.path)/hub", tenant: "one").status == 404)
    }

    @Test func anEndpointKeepsItsId() async throws {
        let api = try APIFixture()
        _ = try await api.send(.post, Self.path, body: Self.full)
        let answer = try await api.send(.put, "\(Self.path)/hub", body: #"{"id":"other","provider":"github"}"#)
        #expect(answer.status == 422)
        #expect(try answer.pointers() == ["/id"])
    }
}
