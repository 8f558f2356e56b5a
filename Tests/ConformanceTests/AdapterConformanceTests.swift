import CloudEvents
import Foundation
import NIOCore
import Testing
import WebhookTestKit

/// Every row of the adapters that the CloudEvents specification publishes, with payloads that have all that it names.
@Suite(.enabled(if: ConformanceSuite.adapters.isPresent, "the adapters do not lie beside the repository"))
struct AdapterConformanceTests {
    private static let secret = "a secret"

    /// `PullRequestReviewEvent` is `pull_request_review`.
    private static func gitHubKind(_ row: String) -> String {
        switch row {
        case "InstallationRepositoryEvent": return "installation_repositories"
        case "GitHubAppAuthorizationEvent": return "github_app_authorization"
        default: break
        }
        var kind = ""
        for character in row.dropLast("Event".count) {
            if character.isUppercase, !kind.isEmpty { kind += "_" }
            kind += character.lowercased()
        }
        return kind
    }

    /// The header, and what GitLab says beside it of notes.
    private static func gitLabKind(_ row: String) -> (header: String, noteable: String?) {
        switch row {
        case "Tag Event": ("Tag Push Hook", nil)
        case "Comment on Commit Event": ("Note Hook", "Commit")
        case "Comment on Merge Request Event": ("Note Hook", "MergeRequest")
        case "Comment on Issue Event": ("Note Hook", "Issue")
        case "Comment on Code Snippet Event": ("Note Hook", "Snippet")
        default: (row.replacingOccurrences(of: " Event", with: " Hook"), nil)
        }
    }

    private func check(
        _ row: [String: String], _ payload: [String: Any], _ world: WebhookWorld, _ endpoint: String, id: String,
        _ headers: (String) -> [(String, String)]
    ) async throws {
        let body = String(decoding: try JSONSerialization.data(withJSONObject: payload), as: UTF8.self)
        let answer = try await world.post(endpoint, body, headers(body))
        #expect(answer.status == 202, "\(id): \(answer.text)")
        let event = try #require(try world.stored().map(\.event).first { $0.id == id }, "\(id)")
        let expected = AdapterTable.attributes(row, payload)
        #expect(event.type == expected.type)
        #expect(event.source == expected.source, "\(expected.type)")
        #expect(event.subject == expected.subject, "\(expected.type)")
        if let time = expected.time { #expect(event.time == time, "\(expected.type)") }
        #expect(event.dataContentType == row["datacontenttype"])
    }

    @Test func everyRowOfGitHubIsKept() async throws {
        let table = try AdapterTable(ConformanceSuite.adapters.text(at: "github.json"))
        #expect(table.rows.count >= 60)
        try await WebhookWorld.with { world in
            let endpoint = try await world.endpoint("github", secrets: [Self.secret])
            for (name, row) in table.rows {
                let kind = Self.gitHubKind(name)
                try await self.check(row, try AdapterTable.payload(row), world, endpoint, id: name) { body in
                    WebhookSigner.github(body, event: kind, delivery: name, secret: Self.secret)
                }
            }
        }
    }

    @Test func everyRowOfGitLabIsKeptButTheId() async throws {
        let table = try AdapterTable(ConformanceSuite.adapters.text(at: "gitlab.json"))
        #expect(table.rows.count >= 11)
        try await WebhookWorld.with { world in
            let endpoint = try await world.endpoint("gitlab", secrets: [Self.secret])
            for (name, row) in table.rows {
                var payload = try AdapterTable.payload(row)
                let (header, noteable) = Self.gitLabKind(name)
                if let noteable {
                    var attributes = payload["object_attributes"] as? [String: Any] ?? [:]
                    attributes["noteable_type"] = noteable
                    payload["object_attributes"] = attributes
                }
                try await self.check(row, payload, world, endpoint, id: name) { _ in
                    [
                        ("Content-Type", "application/json"), ("X-Gitlab-Token", Self.secret),
                        ("X-Gitlab-Event", header), ("Idempotency-Key", name),
                    ]
                }
            }
        }
    }
}
