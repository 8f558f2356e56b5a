import CloudEvents
import Foundation
import NIOCore
import Testing
import WebhookTestKit

/// Every payload of GitHub, signed and sent, against the mapping that the CloudEvents adapter publishes.
@Suite(
    .enabled(
        if: ConformanceSuite.gitHubWebhooks.isPresent && ConformanceSuite.adapters.isPresent,
        "the webhooks of GitHub and the adapters do not lie beside the repository"))
struct GitHubWebhookConformanceTests {
    private static let secret = "It's a Secret to Everybody"

    @Test func everyPayloadBecomesTheEventOfTheAdapter() async throws {
        let paths = ConformanceSuite.gitHubWebhooks.paths(endingWith: ".json").filter { $0.contains("/") }
        #expect(paths.count >= 100)
        let adapter = try AdapterTable(ConformanceSuite.adapters.text(at: "github.json"))
        try await WebhookWorld.with { world in
            let id = try await world.endpoint("github", secrets: [Self.secret])
            for (number, path) in paths.enumerated() {
                let body = try ConformanceSuite.gitHubWebhooks.text(at: path)
                let kind = String(path.prefix { $0 != "/" })
                let delivery = "72d3162e-cc78-11e3-81ab-\(number)"
                let headers = WebhookSigner.github(body, event: kind, delivery: delivery, secret: Self.secret)
                let answer = try await world.post(id, body, headers)
                #expect(answer.status == 202, "\(path): \(answer.text)")
                let event = try #require(try world.stored().map(\.event).first { $0.id == delivery }, "\(path)")
                try event.validate()
                #expect(event.data == ByteBuffer(string: body), "\(path)")
                #expect(event.dataContentType == "application/json")
                // The adapter has no ping.
                guard kind != "ping" else { continue }
                let known = try adapter.attributes(of: kind, body: body)
                let expected = try #require(known, "\(kind) is in no adapter")
                #expect(event.type == expected.type, "\(path)")
                if let source = expected.source { #expect(event.source == source, "\(path)") }
                #expect(event.subject == expected.subject, "\(path)")
                if let time = expected.time { #expect(event.time == time, "\(path)") }
            }
            #expect(try world.stored().count == paths.count)
        }
    }
}
