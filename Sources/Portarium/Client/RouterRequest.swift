import CloudEvents
import NIOCore
import NIOHTTP1

/// One call on a router.
struct RouterRequest: Sendable {
    var method: HTTPMethod
    /// With its segments encoded already, beginning with a slash.
    var path: String
    var query: [(name: String, value: String?)] = []
    var headers: [(name: String, value: String)] = []
    var body: ByteBuffer?

    static func get(_ path: String, query: [(name: String, value: String?)] = []) -> RouterRequest {
        RouterRequest(method: .GET, path: path, query: query)
    }

    static func delete(_ path: String) -> RouterRequest { RouterRequest(method: .DELETE, path: path) }

    static func post(_ path: String, _ value: JSONValue? = nil) -> RouterRequest { self.json(.POST, path, value) }

    static func put(_ path: String, _ value: JSONValue) -> RouterRequest { self.json(.PUT, path, value) }

    private static func json(_ method: HTTPMethod, _ path: String, _ value: JSONValue?) -> RouterRequest {
        guard let value else { return RouterRequest(method: method, path: path) }
        return RouterRequest(
            method: method, path: path, headers: [("content-type", "application/json")],
            body: ByteBuffer(string: value.serialized()))
    }

    /// A publication: the body in the mode that the headers say.
    static func publication(headers: [(name: String, value: String)], body: ByteBuffer?) -> RouterRequest {
        RouterRequest(method: .POST, path: "/v1/events", headers: headers, body: body)
    }

    /// Path and query; members without a value are left out.
    var target: String {
        let pairs = self.query.compactMap { pair in
            pair.value.map { "\(pair.name)=\(PercentEncoding.segment($0))" }
        }
        return pairs.isEmpty ? self.path : "\(self.path)?\(pairs.joined(separator: "&"))"
    }
}
