import BrokerTraits
import CRdKafka
import EventLog
import Foundation
import KafkaEventLog
import KafkaTestKit
import NIOCore
import RouterTestKit
import Testing

/// Signing in with a token of an OIDC endpoint. Debian's librdkafka is built without it.
@Suite(.needs(.noida), .timeLimit(.minutes(2)))
struct KafkaOAuthTests {
    private static let fetchesTokens: Bool = {
        guard let configuration = rd_kafka_conf_new() else { return false }
        defer { rd_kafka_conf_destroy(configuration) }
        return rd_kafka_conf_set(configuration, "sasl.oauthbearer.method", "oidc", nil, 0) == RD_KAFKA_CONF_OK
    }()
    private static let cannot: Comment = "this librdkafka was built without libcurl and fetches no tokens"

    /// A token as an issuer would sign it; nobody here looks at the signature.
    private static func token(lifetime: TimeInterval = 3_600) -> String {
        let now = Date().timeIntervalSince1970
        let parts = [
            #"{"alg":"RS256","typ":"JWT"}"#,
            #"{"sub":"portarium","iat":\#(Int(now)),"exp":\#(Int(now + lifetime))}"#, "signature",
        ]
        return parts.map {
            Data($0.utf8).base64EncodedString().replacingOccurrences(of: "=", with: "")
                .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
        }.joined(separator: ".")
    }

    private static func client(_ endpoint: LoopbackSink) -> KafkaSecurity {
        KafkaSecurity(
            authentication: .oauthBearer(
                tokenEndpoint: endpoint.url("/token"), clientID: SecuredLog.user, clientSecret: SecuredLog.password,
                scope: "kafka"))
    }

    @Test(.enabled(if: fetchesTokens, cannot)) func aTokenIsFetchedWithTheSecretAndLetsIn() async throws {
        let token = Self.token()
        try await LoopbackSink.withSink { endpoint in
            endpoint.setResponder { _ in
                .status(
                    200, headers: [("Content-Type", "application/json")],
                    body: ByteBuffer(
                        string: #"{"access_token":"\#(token)","token_type":"Bearer","expires_in":3600}"#))
            }
            let listener = ListenerSecurity(sasl: .init([.oauthBearer]) { $0 == token })
            try await SecuredLog.with(listener, Self.client(endpoint)) { try await $0.appendsAndReadsBack() }
            let request = try #require(endpoint.requests.first)
            #expect(request.method == "POST")
            #expect(request.uri == "/token")
            #expect(request.text.contains("grant_type=client_credentials"))
            #expect(request.text.contains("scope=kafka"))
            let credentials = Data("\(SecuredLog.user):\(SecuredLog.password)".utf8).base64EncodedString()
            #expect(request["authorization"] == "Basic \(credentials)")
        }
    }

    @Test(.enabled(if: fetchesTokens, cannot)) func anEndpointThatRefusesTheSecretIsNamed() async throws {
        try await LoopbackSink.withSink { endpoint in
            endpoint.setResponder { _ in
                .status(
                    401, headers: [("Content-Type", "application/json")],
                    body: ByteBuffer(
                        string: #"{"error":"invalid_client","error_description":"the secret is wrong"}"#))
            }
            let listener = ListenerSecurity(sasl: .init([.oauthBearer]))
            try await SecuredLog.with(listener, Self.client(endpoint), SecuredLog.impatient) {
                await $0.expectRefusals(saying: "look at the token endpoint, the client's id and its secret")
            }
        }
    }

    @Test(.enabled(if: fetchesTokens, cannot)) func aTokenThatTheBrokersDoNotTakeIsNamed() async throws {
        let token = Self.token()
        try await LoopbackSink.withSink { endpoint in
            endpoint.setResponder { _ in
                .status(
                    200, headers: [("Content-Type", "application/json")],
                    body: ByteBuffer(string: #"{"access_token":"\#(token)","token_type":"Bearer"}"#))
            }
            let listener = ListenerSecurity(sasl: .init([.oauthBearer]) { _ in false })
            try await SecuredLog.with(listener, Self.client(endpoint), SecuredLog.impatient) { secured in
                await secured.expectRefusals(saying: "OAUTHBEARER", "look at the token endpoint")
                for line in secured.lines.whole { #expect(!line.contains(token)) }
            }
        }
    }

    @Test(.disabled(if: fetchesTokens, "this librdkafka fetches tokens"))
    func whereTokensCannotBeFetchedTheLogIsNotMadeAndSaysWhy() async throws {
        try await LoopbackSink.withSink { endpoint in
            let error = await #expect(throws: EventLogError.self) {
                try await SecuredLog.with(ListenerSecurity(), Self.client(endpoint)) { _ in }
            }
            let message = try #require(error).message
            #expect(message.contains("OAUTHBEARER needs a librdkafka that was built with libcurl"), "\(message)")
            #expect(!message.contains(SecuredLog.password))
            #expect(endpoint.requests.isEmpty)
        }
    }
}
