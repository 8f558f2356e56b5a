import Foundation
import NIOCore
import Testing
import WebhookSignatures

/// A signed request of a provider, and whether it is to be believed.
struct WebhookVector: Sendable, CustomTestStringConvertible {
    enum Expectation: Sendable {
        case accept
        case reject
        /// Left to who implements it.
        case either
    }

    var provider: String
    var name: String
    var secret: String
    var request: WebhookRequest
    var nowMilliseconds: Int64
    var expectation: Expectation

    var testDescription: String { "\(self.provider): \(self.name)" }

    /// Whether the request is believed.
    func isAccepted() throws -> Bool {
        let provider = try #require(WebhookProvider.named(self.provider), "\(self.provider) is not known")
        let verifier = try WebhookVerifier(provider, secrets: [self.secret])
        do throws(WebhookRejection) {
            try verifier.verify(self.request, nowMilliseconds: self.nowMilliseconds)
            return true
        } catch { return false }
    }

    /// Those of the suite, and the recomputed ones of each scheme; none where they are absent.
    static let all: [WebhookVector] = {
        let suite = ConformanceSuite.webhookSignatures
        guard suite.isPresent else { return [] }
        let fixtures = suite.folder.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "fixtures/signatures/vectors.json")
        let cases = (Self.json(suite.folder.appending(path: "vectors.json")) as? [String: Any])?["vectors"]
        return [cases, Self.json(fixtures)].flatMap { ($0 as? [[String: Any]] ?? []).map(Self.init) }
    }()

    private static func json(_ file: URL) -> Any? {
        (try? Data(contentsOf: file)).flatMap { try? JSONSerialization.jsonObject(with: $0) }
    }

    private init(_ members: [String: Any]) {
        let scheme = members["provider"] ?? members["of"] ?? members["scheme"]
        self.provider = scheme as? String ?? ""
        self.name = members["name"] as? String ?? members["note"] as? String ?? ""
        self.secret = members["secret"] as? String ?? ""
        let form = (members["form"] ?? members["params"]) as? [String: String]
        let body = form.map(Self.encoded) ?? members["body"] as? String ?? ""
        self.request = WebhookRequest(
            headers: (members["headers"] as? [String: String] ?? [:]).map { ($0.key, $0.value) },
            body: ByteBuffer(string: body), url: members["url"] as? String)
        self.nowMilliseconds =
            (members["now_ms"] as? NSNumber)?.int64Value
            ?? (members["now"] as? NSNumber).map { $0.int64Value * 1_000 } ?? 0
        switch members["expect"] as? String {
        case nil, "accept": self.expectation = .accept
        case "reject": self.expectation = .reject
        default: self.expectation = .either
        }
    }

    private static func encoded(_ form: [String: String]) -> String {
        form.map { name, value in
            [name, value].map { $0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "" }
                .joined(separator: "=")
        }.joined(separator: "&")
    }
}
