import Foundation
import Identity
import KafkaTestKit
import ProcessKit
import Testing
import TokenIssuerKit

extension IntegrationTests {
    /// Callers and their keys, at the binary itself.
    struct IdentityTests {
        @Test(.timeLimit(.minutes(2)))
        func keysOpenWhatTheirScopesSayAndOutliveTheProcess() async throws {
            try await SecuredRouter.with { router in
                let reader = try await router.makeKey(tenant: "acme", scopes: ["read"])
                let publisher = try await router.makeKey(tenant: "acme", scopes: ["publish"])
                #expect(try await router.publish("1", key: publisher.text).status == 202)
                #expect(try await router.publish("2", key: reader.text).status == 403)
                #expect(try await router.publish("3", key: nil).status == 401)
                #expect(try await router.publish("4", key: publisher.text + "x").status == 401)
                #expect(try await router.publish("5", key: publisher.text, tenant: "other").status == 403)
                let found = try await router.send("GET", "/v1/events?source=/s&id=1", key: reader.text)
                #expect(found.status == 200 && found.json["tenantid"]?.string == "acme")
                #expect(try await router.send("GET", "/v1/events?source=/s&id=1", key: publisher.text).status == 403)
                for path in ["/healthz", "/readyz", "/metrics", "/v1/openapi.yaml"] {
                    #expect(try await router.send("GET", path, key: nil).status == 200, "\(path)")
                }
                try await router.restart()
                #expect(try await router.send("GET", "/v1/events?source=/s&id=1", key: reader.text).status == 200)
                let deleted = try await router.send("DELETE", "/v1/keys/\(reader.id)", key: router.bootstrap)
                #expect(deleted.status == 204)
                #expect(try await router.send("GET", "/v1/events?source=/s&id=1", key: reader.text).status == 401)
                let list = try await router.send("GET", "/v1/keys", key: router.bootstrap)
                #expect(list.text.contains(publisher.id) && !list.text.contains(reader.id))
                let metrics = try await router.send("GET", "/metrics", key: nil).text
                #expect(metrics.contains(#"portarium_access_refused_total{reason="invalid-credential"} 1"#))
                for secret in [reader.text, publisher.text, router.bootstrap] {
                    let shown = list.text + metrics + router.output()
                    #expect(!shown.contains(secret.dropFirst(21)))
                }
            }
        }

        /// However many come without a key, the log tells of them once in a while.
        @Test(.timeLimit(.minutes(2)))
        func refusalsDoNotFillTheLog() async throws {
            try await SecuredRouter.with { router in
                for index in 0..<200 {
                    let answer = try await router.publish("\(index)", key: "wrong")
                    #expect(answer.status == 401)
                }
                let lines = router.output().split(separator: "\n").filter { $0.contains("refused for who made it") }
                #expect((1...2).contains(lines.count))
                #expect(router.output().contains("nobody can sign in") == false)
            }
        }

        @Test(.timeLimit(.minutes(2)))
        func theCommandLineMakesTheFirstKeyAndAsksARouterThatRuns() async throws {
            try await SecuredRouter.with(hasBootstrapKey: false) { router in
                #expect(router.output().contains("nobody can sign in"))
                let arguments = ["keys", "create", "--tenant", "*", "--scope", "admin"]
                let refused = try await router.command(arguments + ["--data-dir", router.data.path])
                #expect(refused.exitCode == 1 && refused.output.contains("--server"))
                try await router.stop()
                let made = try await router.command(arguments + ["--data-dir", router.data.path])
                let key = try #require(made.output.split(separator: "\n").last.map(String.init))
                #expect(made.exitCode == 0 && key.hasPrefix("ptm_"))
                try await router.start()
                let told = try await router.send(
                    "GET", "/v1/events?type=com.portarium.audit.KeyCreated.v1", key: key, tenant: "default")
                #expect(told.json["items"]?[0]?["event"]?["data"]?["principal"]?["id"]?.string == "command-line")
                let server = ["--server", router.url, "--key", key]
                let further = try await router.command(
                    ["keys", "create", "--tenant", "acme", "--scope", "publish"] + server)
                let publisher = try #require(further.output.split(separator: "\n").last.map(String.init))
                #expect(try await router.publish("1", key: publisher).status == 202)
                let forbidden = try await router.command(["keys", "list", "--server", router.url, "--key", publisher])
                #expect(forbidden.exitCode == 1 && forbidden.output.contains("admin"))
                let unknown = try await router.command(["keys", "list", "--server", router.url])
                #expect(unknown.exitCode == 1 && unknown.output.contains("--key"))
            }
        }

        @Test(.timeLimit(.minutes(2)))
        func tokensOfAnIssuerAreTakenBesideKeys() async throws {
            let issuer = TokenIssuer()
            issuer.show([try await issuer.makeES256("one").jwk])
            let end = ClaimValue.number(Date().timeIntervalSince1970 + 600)
            let operatorToken = try await issuer.token("one", ["exp": end])
            let auditorToken = try await issuer.token("one", ["exp": end, "roles": .list([.text("auditor")])])
            let tenantless = try await issuer.token("one", ["exp": end, "workspaceId": .null])
            let expired = try await issuer.token("one", ["exp": .number(1)])
            try await issuer.serve { base in
                let settings = """
                      jwtIssuer: https://issuer.example
                      jwtAudience: \(TokenIssuer.audience)
                      jwtKeySetUrl: \(base)/jwks
                    """
                try await SecuredRouter.with(access: settings) { router in
                    // The first takes the router's way, the second the direct one.
                    for id in ["1", "2"] {
                        let answer = try await router.publish(id, key: operatorToken)
                        #expect(answer.status == 202, "\(answer.text)")
                    }
                    #expect(try await router.publish("3", key: auditorToken).status == 403)
                    #expect(try await router.publish("4", key: tenantless).status == 403)
                    #expect(try await router.publish("5", key: expired).text.contains("the token has expired"))
                    #expect(try await router.publish("6", key: operatorToken + "AAAA").status == 401)
                    let found = try await router.send("GET", "/v1/events?source=/s&id=2", key: auditorToken)
                    #expect(found.status == 200 && found.json["tenantid"]?.string == "acme")
                    #expect(try await router.send("GET", "/v1/keys", key: operatorToken).status == 403)
                    #expect(!router.output().contains(operatorToken.suffix(40)))
                }
            }
        }

        /// Who made a key or an endpoint, and who deleted it, is an event of its tenant's.
        @Test(.timeLimit(.minutes(2)))
        func actsAreEventsOfTheTenant() async throws {
            try await SecuredRouter.with { router in
                let admin = try await router.makeKey(tenant: "acme", scopes: ["admin"])
                let further = try await router.makeKey(tenant: "acme", scopes: ["read"])
                #expect(try await router.send("DELETE", "/v1/keys/\(further.id)", key: admin.text).status == 204)
                let path = "/v1/events?type=com.portarium.audit.KeyDeleted.v1"
                let event = try await eventually("the act is told", within: .seconds(10)) {
                    try await router.send("GET", path, key: admin.text).json["items"]?[0]?["event"]
                }
                #expect(event["subject"]?.string == further.id)
                #expect(event["authtype"]?.string == "api_key" && event["authid"]?.string == admin.id)
                #expect(event["data"]?["principal"]?["id"]?.string == admin.id)
                let made = try await router.send(
                    "GET", "/v1/events?type=com.portarium.audit.KeyCreated.v1", key: admin.text)
                #expect(made.text.contains(further.id) && made.text.contains(#""authtype":"system""#))
                #expect(!made.text.contains(further.text.suffix(40)))
                let secret = "not to be told"
                let endpoint = try await router.send(
                    "POST", "/v1/webhook-endpoints", key: admin.text,
                    json: #"{"id":"hub","provider":"github","secrets":["\#(secret)"]}"#)
                #expect(endpoint.status == 201)
                #expect(try await router.send("DELETE", "/v1/webhook-endpoints/hub", key: admin.text).status == 204)
                let changes = try await eventually("the acts are told", within: .seconds(10)) {
                    let found = try await router.send("GET", "/v1/events?subject=hub", key: admin.text).text
                    return found.contains("WebhookEndpointDeleted") ? found : nil
                }
                #expect(changes.contains("WebhookEndpointCreated") && changes.contains(admin.id))
                #expect(!changes.contains(secret))
                let others = try await router.send("GET", path, key: router.bootstrap, tenant: "other")
                #expect(others.text == #"{"items":[]}"#)
            }
        }

        @Test(.timeLimit(.minutes(3)))
        func anotherReplicaKnowsAKeyWithinASecond() async throws {
            try await withTemporaryDirectory { directory in
                try await NoidaBroker.with { broker in
                    let kafka = "kafka: {brokers: [\"\(broker.bootstrap)\"]}"
                    try await SecuredRouter.with(in: directory.appendingPathComponent("one"), settings: kafka) { one in
                        let other = directory.appendingPathComponent("two")
                        try await SecuredRouter.with(in: other, settings: kafka, bootstrap: one.bootstrap) { two in
                            let local = try await one.command(
                                ["keys", "create", "--tenant", "*", "--scope", "admin", "--config", one.file.path])
                            let admin = try #require(local.output.split(separator: "\n").last.map(String.init))
                            try await eventually("a key of the command line works", within: .seconds(1)) {
                                try await two.send("GET", "/v1/keys", key: admin).status == 200
                            }
                            let key = try await one.makeKey(tenant: "acme", scopes: ["read"])
                            try await eventually("the key works", within: .seconds(1)) {
                                try await two.send("GET", "/v1/subscriptions", key: key.text).status == 200
                            }
                            let deleted = try await two.send("DELETE", "/v1/keys/\(key.id)", key: two.bootstrap)
                            #expect(deleted.status == 204)
                            try await eventually("the key is gone", within: .seconds(1)) {
                                try await one.send("GET", "/v1/subscriptions", key: key.text).status == 401
                            }
                        }
                    }
                }
            }
        }
    }
}
