import HTTPTypes
import Hummingbird

/// What a known path answers to methods that it does not take (RFC 9110, sections 15.5.6 and 9.3.7).
struct MethodNotAllowedResponder: HTTPResponder {
    /// Every method that the parser lets through (RFC 9110, and those of WebDAV and its kin): each must find somebody
    /// who refuses it.
    static let methods: [HTTPRequest.Method] =
        [.get, .head, .post, .put, .patch, .delete, .options, .trace, .connect]
        + [
            "ACL", "BIND", "CHECKOUT", "COPY", "LINK", "LOCK", "M-SEARCH", "MERGE", "MKACTIVITY", "MKCALENDAR", "MKCOL",
            "MOVE", "NOTIFY", "PROPFIND", "PROPPATCH", "PURGE", "QUERY", "REBIND", "REPORT", "SEARCH", "SOURCE",
            "SUBSCRIBE", "UNBIND", "UNLINK", "UNLOCK", "UNSUBSCRIBE",
        ].compactMap { HTTPRequest.Method(rawValue: $0) }

    /// What some path or other takes; the answer to a method that the parser does not know, for which there is no path.
    static let allMethods = "DELETE, GET, HEAD, OPTIONS, POST, PUT"

    /// The value of `Allow`.
    let allow: String

    func respond(to request: Request, context: RouterRequestContext) async throws -> Response {
        var headers = HTTPFields()
        headers[.allow] = self.allow
        if request.method == .options { return Response(status: .noContent, headers: headers) }
        return ProblemDetails(.methodNotAllowed, detail: "this path takes \(self.allow)").response(headers: headers)
    }

    /// Registers itself for all that `routes` leave open.
    static func fill(
        _ router: Router<RouterRequestContext>, routes: [(path: RouterPath, method: HTTPRequest.Method)]
    ) {
        var paths: [String: (path: RouterPath, methods: Set<HTTPRequest.Method>)] = [:]
        for route in routes {
            let key = route.path.components.map(\.description).joined(separator: "/")
            paths[key, default: (route.path, [])].methods.insert(route.method)
        }
        for (path, taken) in paths.values {
            var allowed = taken.union([.options])
            if taken.contains(.get) { allowed.insert(.head) }
            let responder = Self(allow: allowed.map(\.rawValue).sorted().joined(separator: ", "))
            for method in self.methods where !taken.contains(method) {
                if method == .head, taken.contains(.get) { continue }
                router.on(path, method: method, responder: responder)
            }
        }
    }
}
