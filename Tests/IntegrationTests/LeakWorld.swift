import Crypto
import Foundation
import Identity
import ProcessKit
import Synchronization
import TokenIssuerKit

/// A router that is given a marker wherever it takes a secret, and everything that it lets out.
final class LeakWorld: Sendable {
    private static let names = [
        "badKey", "basic", "bootstrap", "collector", "cookie", "github", "hook", "objectStore", "password", "path",
        "query", "sasl", "signature", "stripe", "subscriptionHeader",
    ]

    let router: SecuredRouter
    let sink: RecordingSink
    let collector: RecordingSink
    let directory: URL
    private let token: String
    private let key: SecuredRouter.Key
    private let markers: [String: String]
    private let state = Mutex<[(place: String, text: String)]>([])

    /// The markers, and the secrets that were made on the way.
    var search: SecretSearch {
        var secrets = self.markers
        secrets["key"] = String(self.key.text.suffix(40))
        secrets["token"] = String(self.token.suffix(60))
        secrets["hmac"] = self.code(of: Self.body)
        return SecretSearch(secrets)
    }

    /// Everything that was let out, and where.
    var texts: [(place: String, text: String)] { self.state.withLock { $0 } }

    private init(
        _ router: SecuredRouter, _ sink: RecordingSink, _ collector: RecordingSink, _ directory: URL, token: String,
        key: SecuredRouter.Key, markers: [String: String]
    ) {
        (self.router, self.sink, self.collector, self.directory) = (router, sink, collector, directory)
        (self.token, self.key, self.markers) = (token, key, markers)
    }

    /// Runs `body` with such a router, its issuer, its collector and a sink, and leaves no process behind.
    static func with(_ body: @escaping @Sendable (LeakWorld) async throws -> Void) async throws {
        var markers = Dictionary(
            uniqueKeysWithValues: Self.names.map { name in
                (name, "leak" + name + UUID().uuidString.replacing("-", with: ""))
            })
        markers["encryptionKey"] = Data((0..<32).map { _ in UInt8.random(in: 0...255) }).base64EncodedString()
        let made = markers
        let issuer = TokenIssuer()
        issuer.show([try await issuer.makeES256("one").jwk])
        let token = try await issuer.token("one", ["exp": .number(Date().timeIntervalSince1970 + 600)])
        try await issuer.serve { base in
            try await withTemporaryDirectory { directory in
                try await RecordingSink.with { collector in
                    try await RecordingSink.with { sink in
                        let access = """
                              jwtIssuer: https://issuer.example
                              jwtAudience: \(TokenIssuer.audience)
                              jwtKeySetUrl: \(base)/jwks
                            """
                        try await SecuredRouter.with(
                            in: directory, settings: Self.settings(made, collector), access: access,
                            bootstrap: made["bootstrap"] ?? ""
                        ) { router in
                            let key = try await router.makeKey(tenant: "acme", scopes: ["admin"])
                            let world = LeakWorld(
                                router, sink, collector, directory, token: token, key: key, markers: made)
                            try await body(world)
                        }
                    }
                }
            }
        }
    }

    private static func settings(_ markers: [String: String], _ collector: RecordingSink) -> String {
        """
        secrets: {encryptionKey: "\(markers["encryptionKey"] ?? "")"}
        observability: {logLevel: trace}
        tracing:
          endpoint: \(collector.url)
          encoding: json
          intervalMilliseconds: 20
          retryMilliseconds: 0
          headers: "authorization=Bearer%20\(markers["collector"] ?? "")"
        objectStore:
          endpoint: http://127.0.0.1:9
          bucket: bucket
          accessKeyId: someone
          secretAccessKey: \(markers["objectStore"] ?? "")
          thresholdBytes: 100000
          attemptsMax: 1
        """
    }

    func marker(_ name: String) -> String { self.markers[name] ?? "" }

    func add(_ place: String, _ text: String) { self.state.withLock { $0.append((place, text)) } }

    /// Makes a call and keeps what a refusal says.
    @discardableResult
    func call(
        _ method: String, _ path: String, _ headers: [String: String] = [:], _ body: String? = nil
    ) async throws -> RouterClient.Answer {
        var headers = headers
        if body != nil, headers["content-type"] == nil { headers["content-type"] = "application/json" }
        let answer = try await self.router.client.send(
            method, path, headers: headers, body: body.map { Array($0.utf8) })
        if answer.status >= 400 {
            self.add("problems", "\(method) \(answer.status) \(answer.text)")
        } else if !path.hasPrefix("/v1/subscriptions") {
            // Who makes a subscription is shown its sink again, whole.
            self.add("answers", answer.text)
        }
        return answer
    }

    var asAdmin: [String: String] { ["authorization": "Bearer \(self.key.text)"] }
    var asTokenHolder: [String: String] { ["authorization": "Bearer \(self.token)"] }

    static let body = #"{"action":"opened","repository":{"full_name":"o/r","url":"https://a.example/o/r"}}"#

    /// The code of a body as GitHub would sign it.
    func code(of body: String) -> String {
        let key = SymmetricKey(data: Array(self.marker("github").utf8))
        return HMAC<SHA256>.authenticationCode(for: Data(body.utf8), using: key)
            .map { String(format: "%02x", $0) }.joined()
    }

    /// Ends the router, and gives what it let out while it ran: one text for each place.
    func end() async throws -> [(place: String, text: String)] {
        self.add("metrics", try await self.call("GET", "/metrics").text)
        try await self.router.stop()
        self.add("output", self.router.output())
        self.add("spans", self.collector.deliveries.map(\.body).joined(separator: "\n"))
        return Dictionary(grouping: self.texts, by: \.place).map { place, texts in
            (place, texts.map(\.text).joined(separator: "\n"))
        }
    }

    /// Runs a command that is not given time to do more than to fail, and keeps what it says.
    func run(_ arguments: [String], _ environment: [String: String] = [:], within limit: Duration) async throws {
        let child = try ChildProcess(
            executable: try ChildProcess.product(named: "portarium"), arguments: arguments,
            outputFile: self.directory.appendingPathComponent("\(UUID().uuidString).txt"), environment: environment)
        _ = try? await child.end(within: limit)
        await child.kill()
        self.add("commands", child.output())
    }
}
