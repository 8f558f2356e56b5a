import CloudEvents
import Foundation
import NIOCore
import NetworkGuard
import Testing
import Transforms
import WebhookTestKit
import Webhooks

/// What providers ask, and what bodies may be.
struct WebhookRequestTests {
    private static let secret = "s"

    private static func slack(_ body: String, at seconds: Int64, type: String) -> [(String, String)] {
        [
            ("Content-Type", type), ("X-Slack-Request-Timestamp", "\(seconds)"),
            ("X-Slack-Signature", "v0=\(WebhookSigner.hex("v0:\(seconds):\(body)", Self.secret))"),
        ]
    }

    @Test func slackHearsItsChallenge() async throws {
        try await WebhookWorld.with { world in
            let id = try await world.endpoint("slack", secrets: [Self.secret])
            let body = #"{"token":"t","challenge":"3eZbrw1aB\"x","type":"url_verification"}"#
            let headers = Self.slack(body, at: world.seconds, type: "application/json")
            let answer = try await world.post(id, body, headers)
            #expect(answer.status == 200)
            #expect(answer.text == #"{"challenge":"3eZbrw1aB\"x"}"#)
            #expect(try world.stored().isEmpty)
            #expect(try await world.post(id, body, Array(headers.dropLast())).status == 401)
        }
    }

    @Test func slackCommandsKeepTheirForm() async throws {
        try await WebhookWorld.with { world in
            let id = try await world.endpoint("slack", secrets: [Self.secret])
            let body = "command=%2Fdeploy&team_id=T1&channel_id=C9&user_id=U1&trigger_id=13.7"
            let type = "application/x-www-form-urlencoded"
            let answer = try await world.post(id, body, Self.slack(body, at: world.seconds, type: type))
            #expect(answer.status == 202)
            let event = try #require(try world.stored().first).event
            #expect(event.type == "com.slack.command")
            #expect(event.id == "13.7")
            #expect(event.subject == "C9")
            #expect(event.dataContentType == type)
            #expect(event.data == ByteBuffer(string: body))
        }
    }

    @Test func whatIsInTheFormOfAnInteractionIsLookedAt() async throws {
        try await WebhookWorld.with { world in
            let id = try await world.endpoint("slack", secrets: [Self.secret])
            let body = "payload=%7B%22type%22%3A%22block_actions%22%2C%22trigger_id%22%3A%22t-1%22%7D"
            let type = "application/x-www-form-urlencoded"
            _ = try await world.post(id, body, Self.slack(body, at: world.seconds, type: type))
            let event = try #require(try world.stored().first).event
            #expect(event.type == "com.slack.block_actions")
            #expect(event.id == "t-1")
        }
    }

    @Test func theHandshakeOfCloudEventsIsAnswered() async throws {
        try await WebhookWorld.with { world in
            let id = try await world.endpoint("bearer", secrets: [Self.secret])
            let asked = [
                ("WebHook-Request-Origin", "events.example"), ("WebHook-Request-Rate", "120"),
                ("WebHook-Request-Callback", "http://169.254.169.254/latest"),
            ]
            let answer = try await world.post(id, "", asked, method: .options)
            #expect(answer.status == 200)
            #expect(answer.headers["webhook-allowed-origin"] == "events.example")
            #expect(answer.headers["webhook-allowed-rate"] == "*")
            #expect(answer.headers["allow"] == "OPTIONS, POST")
            #expect(try await world.post("nobody", "", asked, method: .options).status == 404)
            let plain = try await world.post(id, "", [], method: .options)
            #expect(plain.status == 204)
            #expect(plain.headers["allow"] == "OPTIONS, POST")
        }
    }

    @Test func cloudEventsComeInAsTheyAre() async throws {
        try await WebhookWorld.with { world in
            let id = try await world.endpoint("bearer", secrets: [Self.secret])
            let token = ("Authorization", "Bearer \(Self.secret)")
            let binary = [
                token, ("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/s"), ("ce-type", "com.acme.a"),
                ("Content-Type", "text/plain"),
            ]
            #expect(try await world.post(id, "hello", binary).status == 202)
            let other = binary.map { $0.0 == "ce-source" ? ("ce-source", "/other") : $0 }
            #expect(try await world.post(id, "hello", other).text.hasPrefix(#"{"accepted":1"#))
            #expect(try await world.post(id, "hello", binary).text == #"{"accepted":0,"duplicate":true}"#)
            let batch = #"[{"specversion":"1.0","id":"2","source":"/s","type":"com.acme.b"}]"#
            let type = ("Content-Type", "application/cloudevents-batch+json")
            #expect(try await world.post(id, batch, [token, type]).status == 202)
            let foreign = #"[{"specversion":"1.0","id":"3","source":"/s","type":"b","tenantid":"other"}]"#
            #expect(try await world.post(id, foreign, [token, type]).status == 422)
            #expect(try world.stored().map(\.event.type).sorted() == ["com.acme.a", "com.acme.a", "com.acme.b"])
        }
    }

    @Test func aBatchOfMauticIsAnEventEach() async throws {
        try await WebhookWorld.with { world in
            let id = try await world.endpoint("mautic", secrets: [Self.secret])
            let entry = #"{"contact":{"id":47},"timestamp":"2026-01-21T14:12:04+00:00"}"#
            let body =
                #"{"mautic.page_on_hit":[\#(entry), \#(entry)],"mautic.lead_points_change":[\#(entry)],"at":"x"}"#
            let headers = [
                ("Content-Type", "application/json"), ("Webhook-Signature", WebhookSigner.base64(body, Self.secret)),
            ]
            #expect(try await world.post(id, body, headers).text.hasPrefix(#"{"accepted":3,"events":["#))
            let events = try world.stored().map(\.event)
            #expect(Set(events.map(\.id)).count == 3)
            #expect(events.allSatisfy { $0.data == ByteBuffer(string: entry) && $0.subject == "47" })
            #expect(try await world.post(id, body, headers).text == #"{"accepted":0,"duplicate":true}"#)
        }
    }

    @Test func whatIsNoJSONIsRefusedAfterItIsBelieved() async throws {
        try await WebhookWorld.with { world in
            let id = try await world.endpoint("github", secrets: [Self.secret])
            let body = #"{"action": }"#
            let good = WebhookSigner.github(body, event: "issues", delivery: "1", secret: Self.secret)
            #expect(try await world.post(id, body, good).status == 400)
            let bad = WebhookSigner.github(body, event: "issues", delivery: "1", secret: "other")
            #expect(try await world.post(id, body, bad).status == 401)
        }
    }

    @Test func otherMethodsAreNotTaken() async throws {
        try await WebhookWorld.with { world in
            let id = try await world.endpoint("github", secrets: [Self.secret])
            let answer = try await world.post(id, "", [], method: .get)
            #expect(answer.status == 405)
            #expect(answer.headers["allow"] == "OPTIONS, POST")
        }
    }

    @Test func theQueryThatCameIsSignedWithTheURL() async throws {
        try await WebhookWorld.with { world in
            let id = try await world.endpoint("twilio", secrets: [Self.secret]) {
                $0.publicURL = "https://hooks.example/in?of=mine"
            }
            let body = #"{"a":1}"#
            let query = "?of=mine&bodySHA256=015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"
            let signed = WebhookSigner.sha1("https://hooks.example/in\(query)", Self.secret).base64EncodedString()
            let headers = [("Content-Type", "application/json"), ("X-Twilio-Signature", signed)]
            let taken = try await world.post(id, body, headers, query: query)
            #expect(taken.status == 202, "\(taken.text)")
            #expect(try await world.post(id, body, headers, query: "?of=other").status == 401)
        }
    }

    @Test func anOldTimestampIsRefused() async throws {
        try await WebhookWorld.with { world in
            let body = #"{"type":"x"}"#
            let strict = try await world.endpoint("slack", secrets: [Self.secret]) { $0.toleranceSeconds = 10 }
            let usual = try await world.endpoint("slack", secrets: [Self.secret])
            let headers = Self.slack(body, at: world.seconds - 100, type: "application/json")
            #expect(try await world.post(strict, body, headers).status == 401)
            #expect(try await world.post(usual, body, headers).status == 202)
            #expect(world.counter.outcomes == ["slack timestamp", "slack accepted"])
        }
    }

    @Test func addressesThatAreNotAllowedAreKeptOut() async throws {
        try await WebhookWorld.with { world in
            let id = try await world.endpoint("github", secrets: [Self.secret]) {
                $0.allowedAddresses = [try IPNetwork("192.0.2.0/24")]
            }
            let headers = WebhookSigner.github("{}", event: "ping", delivery: "1", secret: Self.secret)
            // Without a socket there is no address.
            #expect(try await world.post(id, "{}", headers).status == 403)
            #expect(world.counter.outcomes == ["github address"])
        }
    }

    @Test func compressedBodiesAreRefused() async throws {
        try await WebhookWorld.with { world in
            let id = try await world.endpoint("github", secrets: [Self.secret])
            let headers = WebhookSigner.github("{}", event: "ping", delivery: "1", secret: Self.secret)
            #expect(try await world.post(id, "{}", headers + [("Content-Encoding", "gzip")]).status == 415)
        }
    }

    @Test func anEndpointsOwnTemplatesComeFirst() async throws {
        try await WebhookWorld.with { world in
            let id = try await world.endpoint("github", secrets: [Self.secret]) {
                $0.mapping.templates = [
                    .type: [
                        try AttributeTemplate("org.acme.{/missing}"), try AttributeTemplate("org.acme.{kind|slug}"),
                    ],
                    .subject: [try AttributeTemplate("{/nothing/there}")],
                    .partitionkey: [try AttributeTemplate("{/repository/full_name|before:/}")],
                ]
            }
            let body = #"{"ref":"refs/heads/main","repository":{"full_name":"acme/shop","url":"https://x.example/r"}}"#
            let headers = WebhookSigner.github(body, event: "push", delivery: "1", secret: Self.secret)
            #expect(try await world.post(id, body, headers).status == 202)
            let stored = try #require(try world.stored().first)
            #expect(stored.event.type == "org.acme.push")
            #expect(stored.event.subject == "refs/heads/main")
            #expect(stored.event.attributes["partitionkey"] == "acme")
            #expect(stored.event.source == "https://x.example/r")
            // The routing table says which topic a type goes to.
            #expect(stored.topic == WebhookWorld.events)
        }
    }
}
