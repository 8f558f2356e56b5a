import HTTPTypes
import NIOCore
import Testing

/// One wrong request, and what must be said of it.
struct BadInput: Sendable, CustomTestStringConvertible {
    var method: String
    var uri: String
    var body: String?
    var contentType: String?
    var tenant: String?
    var headers: [String: String]
    var status: Int
    var pointers: [String]

    init(
        _ method: String, _ uri: String, _ body: String? = nil, contentType: String? = "application/json",
        tenant: String? = nil, headers: [String: String] = [:], _ status: Int, _ pointers: [String] = []
    ) {
        self.method = method
        self.uri = uri
        self.body = body
        self.contentType = contentType
        self.tenant = tenant
        self.headers = headers
        self.status = status
        self.pointers = pointers
    }

    var testDescription: String {
        "\(self.method) \(self.uri.prefix(60)) \(self.body.map { String($0.prefix(80)) } ?? "") → \(self.status)"
    }

    /// A query that is refused with 400.
    static func get(_ uri: String, _ pointers: [String]) -> BadInput { BadInput("GET", uri, nil, 400, pointers) }

    /// `POST /v1/subscriptions` with a document that is right but for the members given.
    static func subscription(_ members: String, _ status: Int, _ pointers: [String] = []) -> BadInput {
        let sink = members.contains("\"sink\"") ? "" : #""sink":"https://sink.example/in","#
        let `protocol` = members.contains("\"protocol\"") ? "" : #""protocol":"HTTP","#
        return BadInput("POST", "/v1/subscriptions", "{\(sink)\(`protocol`)\(members)}", status, pointers)
    }

    /// `POST /v1/replays` with a target and the members given.
    static func replay(_ members: String, _ status: Int, _ pointers: [String] = []) -> BadInput {
        BadInput("POST", "/v1/replays", "{\"subscription\":\"orders\",\(members)}", status, pointers)
    }

    static func redrive(_ body: String, _ status: Int, _ pointers: [String] = []) -> BadInput {
        BadInput("POST", "/v1/dead-letters/redrive", body, status, pointers)
    }
}
