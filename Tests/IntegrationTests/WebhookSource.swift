import Crypto
import Foundation
import ProcessKit
import Synchronization
import Testing

/// Repositories whose webhooks come one after the other, each again until it is accepted, as a provider sends them.
final class WebhookSource: Sendable {
    private struct State {
        var accepted: [[String]]
        var spooled = 0
        var failures = 0
        var isStopped = false
    }

    static let secret = "the secret of the repositories"
    let port: Int
    private let repositories: Int
    private let state: Mutex<State>

    init(port: Int, repositories: Int) {
        self.port = port
        self.repositories = repositories
        self.state = Mutex(State(accepted: Array(repeating: [], count: repositories)))
    }

    /// The deliveries that were answered with 2xx, by repository and in their order.
    var accepted: [[String]] { self.state.withLock { $0.accepted } }
    var acceptedCount: Int { self.state.withLock { $0.accepted.reduce(0) { $0 + $1.count } } }
    /// Those of them that were accepted onto the disk.
    var spooledCount: Int { self.state.withLock { $0.spooled } }
    /// Requests that were refused or not answered.
    var failures: Int { self.state.withLock { $0.failures } }

    /// Makes the endpoint that they are sent to.
    static func makeEndpoint(_ client: RouterClient) async throws {
        try await client.call(
            "POST", "/v1/webhook-endpoints", #"{"id":"hub","provider":"github","secrets":["\#(Self.secret)"]}"#,
            expecting: 201)
    }

    /// Sends until ``stop()``.
    func run() async {
        await withDiscardingTaskGroup { group in
            for repository in 0..<self.repositories { group.addTask { await self.run(repository) } }
        }
    }

    func stop() { self.state.withLock { $0.isStopped = true } }

    private func run(_ repository: Int) async {
        var number = 0
        while !self.state.withLock({ $0.isStopped }) {
            number += 1
            let id = Self.id(repository, number)
            while await !self.send(id, of: repository) {
                if self.state.withLock({ $0.isStopped }) { return }
                try? await ContinuousClock().sleep(for: .milliseconds(20))
            }
        }
    }

    private static func id(_ repository: Int, _ number: Int) -> String { "r\(repository)-\(number)" }

    /// Sends one delivery once; true: it was accepted.
    @discardableResult
    func send(_ id: String, of repository: Int) async -> Bool {
        let body =
            #"{"action":"opened","number":1,"pull_request":{"updated_at":"2026-01-01T00:00:00Z"},"#
            + #""repository":{"url":"https://api.github.com/repos/o/r\#(repository)","full_name":"o/r\#(repository)"}}"#
        let key = SymmetricKey(data: Array(Self.secret.utf8))
        let code = HMAC<SHA256>.authenticationCode(for: Data(body.utf8), using: key)
        let answer = try? await RouterClient(port: self.port, timeoutSeconds: 20).send(
            "POST", "/v1/webhooks/hub",
            headers: [
                "content-type": "application/json", "x-github-event": "pull_request", "x-github-delivery": id,
                "x-hub-signature-256": "sha256=" + code.map { String(format: "%02x", $0) }.joined(),
            ], body: Array(body.utf8))
        return self.state.withLock { state in
            guard let answer, answer.status == 202 else {
                state.failures += 1
                return false
            }
            if !state.accepted[repository].contains(id) { state.accepted[repository].append(id) }
            if answer.text.contains(#""spooled":true"#) { state.spooled += 1 }
            return true
        }
    }

    /// Every accepted delivery was delivered, and of each repository none before an earlier one.
    func judge(_ sink: RecordingSink) {
        var first: [String: Int] = [:]
        for (index, delivery) in sink.deliveries.enumerated() where first[delivery.id] == nil {
            first[delivery.id] = index
        }
        for accepted in self.accepted {
            #expect(accepted.filter { first[$0] == nil } == [], "accepted, and lost")
            let places = accepted.compactMap { first[$0] }
            #expect(places == places.sorted(), "one overtook another")
        }
    }
}
