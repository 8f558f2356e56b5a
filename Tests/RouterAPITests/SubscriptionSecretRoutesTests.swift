import EventDispatch
import HTTPTypes
import Subscriptions
import Synchronization
import Testing

@testable import RouterAPI

/// Secrets go in and are not shown again, but to those who ask for them.
struct SubscriptionSecretRoutesTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    private static func body(_ settings: String = "{}", signing: String = "{}", id: String = "s") -> String {
        """
        {"id":"\(id)","sink":"https://sink.example/in","protocol":"HTTP","protocolsettings":\(settings),
         "config":{"signing":\(signing)}}
        """
    }

    @Test func whatIsGivenReachesTheServiceAndNoAnswer() async throws {
        let api = try APIFixture()
        let body = Self.body(
            #"{"authorization":{"value":"Bearer hidden"}}"#,
            signing: #"{"scheme":"hmac-sha256","secrets":["\#(Self.secret)"]}"#)
        let answer = try await api.send(.post, "/v1/subscriptions", body: body)
        #expect(answer.status == 201)
        let given = api.subscriptions.state.withLock { $0.secrets[SubscriptionID(tenant: "default", name: "s")] }
        #expect(given?.signing == [Self.secret])
        #expect(given?.authorization == "Bearer hidden")
        let json = try answer.json()
        #expect(json["config"]?["signing"]?["scheme"]?.string == "hmac-sha256")
        #expect(json["protocolsettings"]?["authorization"]?["stored"]?.bool == true)
        #expect(json["signingKeys"]?[0]?["publicKey"]?.string == "whpk_public")
        for uri in ["/v1/subscriptions", "/v1/subscriptions/s"] {
            let shown = try await api.send(.get, uri).text
            #expect(!shown.contains("hidden") && !shown.contains("whsec_") && !shown.contains("sealed"))
        }
    }

    @Test func anAnswerCanBePutBack() async throws {
        let api = try APIFixture()
        let body = Self.body(#"{"authorization":{"value":"Bearer hidden"},"handshake":true}"#)
        let answer = try await api.send(.post, "/v1/subscriptions", body: body)
        let again = try await api.send(.put, "/v1/subscriptions/s", body: answer.text)
        #expect(again.status == 200)
        let given = api.subscriptions.state.withLock { $0.secrets[SubscriptionID(tenant: "default", name: "s")] }
        #expect(given?.signing == nil && given?.authorization == nil)
        #expect(try again.json()["protocolsettings"]?["handshake"]?.bool == true)
    }

    @Test func secretsAreShownToThoseWhoAsk() async throws {
        let api = try APIFixture()
        _ = try await api.send(.post, "/v1/subscriptions", body: Self.body())
        let answer = try await api.send(.get, "/v1/subscriptions/s/secret")
        #expect(answer.status == 200)
        #expect(answer.header("Cache-Control") == "no-store")
        #expect(try answer.json()["secrets"]?[0]?["secret"]?.string == "whsec_shown")
        #expect(try await api.send(.get, "/v1/subscriptions/t/secret").status == 404)
    }

    @Test func rotatingTellsTheNewSecretAndTheEndOfTheOldOne() async throws {
        let api = try APIFixture()
        _ = try await api.send(.post, "/v1/subscriptions", body: Self.body())
        let answer = try await api.send(.post, "/v1/subscriptions/s/secret/rotate", body: "{}")
        #expect(answer.status == 200)
        #expect(try answer.json()["secrets"]?[1]?["expiresAt"]?.string == "2026-01-02T00:00:00.000Z")
        let given = try await api.send(
            .post, "/v1/subscriptions/s/secret/rotate", body: #"{"secret":"\#(Self.secret)","overlapSeconds":60}"#)
        #expect(try given.json()["secrets"]?[0]?["secret"]?.string == Self.secret)
        #expect(try given.json()["secrets"]?[1]?["expiresAt"]?.string == "2026-01-01T00:01:00.000Z")
    }

    @Test(arguments: [
        #"{"overlapSeconds":-1}"#, #"{"overlapSeconds":604801}"#, #"{"overlapSeconds":"1"}"#, #"{"key":"x"}"#,
    ])
    func aRotationThatCannotBeIsRefused(_ body: String) async throws {
        let api = try APIFixture()
        _ = try await api.send(.post, "/v1/subscriptions", body: Self.body())
        #expect(try await api.send(.post, "/v1/subscriptions/s/secret/rotate", body: body).status == 422)
    }

    @Test func aSubscriptionThatIsNotSignedHasNothingToRotate() async throws {
        let api = try APIFixture()
        let body = #"{"id":"s","sink":"https://sink.example/in","protocol":"HTTP"}"#
        _ = try await api.send(.post, "/v1/subscriptions", body: body)
        #expect(try await api.send(.get, "/v1/subscriptions/s/secret").status == 404)
        #expect(try await api.send(.post, "/v1/subscriptions/s/secret/rotate", body: "{}").status == 409)
    }

    @Test(arguments: [
        (#"{"authorization":{}}"#, "{}", "/protocolsettings/authorization"),
        (#"{"authorization":{"file":"a","stored":true}}"#, "{}", "/protocolsettings/authorization"),
        (#"{"authorization":{"file":"../a"}}"#, "{}", "/protocolsettings/authorization/file"),
        (#"{"authorization":{"value":""}}"#, "{}", "/protocolsettings/authorization/value"),
        (#"{"authorization":{"value":"a\nb"}}"#, "{}", "/protocolsettings/authorization/value"),
        (#"{"authorization":{"file":"a"},"headers":{"Authorization":"b"}}"#, "{}", "/protocolsettings/authorization"),
        (#"{"handshake":"yes"}"#, "{}", "/protocolsettings/handshake"),
        (#"{"headers":{"webhook-signature":"v1,x"}}"#, "{}", "/protocolsettings/headers/webhook-signature"),
        ("{}", #"{"scheme":"rsa"}"#, "/config/signing/scheme"),
        ("{}", #"{"secrets":[]}"#, "/config/signing/secrets"),
        ("{}", #"{"secrets":["whsec_tooshort"]}"#, "/config/signing/secrets/0"),
        ("{}", #"{"scheme":"ed25519","secrets":["\#(secret)"]}"#, "/config/signing/secrets/0"),
        ("{}", #"{"key":"x"}"#, "/config/signing/key"),
    ])
    func whatCannotBeIsRefusedWithItsPlaceAndWithoutItsText(
        _ settings: String, _ signing: String, _ pointer: String
    ) async throws {
        let api = try APIFixture()
        let answer = try await api.send(.post, "/v1/subscriptions", body: Self.body(settings, signing: signing))
        #expect(answer.status == 422)
        #expect(try answer.json()["errors"]?[0]?["pointer"]?.string == pointer)
        #expect(!answer.text.contains("tooshort") && !answer.text.contains("MfKQ9r8G"))
    }
}
