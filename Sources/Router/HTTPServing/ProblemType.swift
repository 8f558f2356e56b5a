/// The kinds of problem that the HTTP surfaces answer with (RFC 9457, section 3.1.1 "type").
///
/// The URI is stable and is never fetched; programs switch on it.
public struct ProblemType: Sendable, Hashable {
    /// `urn:portarium:problem:<name>`.
    public let uri: String
    /// The same sentence for every problem of this kind (RFC 9457, section 3.1.3).
    public let title: String
    /// The HTTP status, 400...599.
    public let status: Int

    /// A kind of problem.
    /// - Parameters:
    ///   - name: the last part of the URI: lower case words joined by `-`.
    ///   - title: a short sentence that is the same for every occurrence.
    ///   - status: 400...599.
    public init(_ name: String, title: String, status: Int) {
        self.uri = "urn:portarium:problem:" + name
        self.title = title
        self.status = status
    }

    /// 400: bytes or headers are no valid CloudEvent.
    public static let invalidEvent = Self("invalid-event", title: "The event is not valid", status: 400)
    /// 400: the request as a whole cannot be understood.
    public static let invalidRequest = Self(
        "invalid-request", title: "The request cannot be understood", status: 400)
    /// 400: `X-Tenant-Id` is no tenant id.
    public static let invalidTenant = Self("invalid-tenant", title: "The tenant id is not valid", status: 400)
    /// 400: the client ended the request before all of it was there.
    public static let cutOff = Self("cut-off", title: "The request ended too early", status: 400)
    /// 401: no credential, or a wrong one.
    public static let unauthenticated = Self("unauthenticated", title: "The caller is not known", status: 401)
    /// 403: the caller is known and may not do this.
    public static let forbidden = Self("forbidden", title: "The caller may not do this", status: 403)
    /// 404: there is none, or not for this tenant.
    public static let notFound = Self("not-found", title: "There is no such thing", status: 404)
    /// 405: the path exists, with other methods.
    public static let methodNotAllowed = Self(
        "method-not-allowed", title: "The path does not take this method", status: 405)
    /// 408: the request did not arrive in time.
    public static let requestTimeout = Self(
        "request-timeout", title: "The request did not arrive in time", status: 408)
    /// 409: it is there already, or its state does not allow the call.
    public static let conflict = Self(
        "conflict", title: "The state of the thing does not allow this", status: 409)
    /// 413: a body, a batch or an event over a limit.
    public static let tooLarge = Self("too-large", title: "The request is larger than a limit allows", status: 413)
    /// 415: the media type names nothing that the path takes.
    public static let unsupportedMediaType = Self(
        "unsupported-media-type", title: "The media type is not supported", status: 415)
    /// 422: understood, and a field is wrong.
    public static let unprocessable = Self("unprocessable", title: "A field of the request is wrong", status: 422)
    /// 422: the event says that it belongs to another tenant than the caller.
    public static let tenantConflict = Self(
        "tenant-conflict", title: "The event belongs to another tenant than the caller", status: 422)
    /// 422: the data of an event are not what the schema of its type asks for.
    public static let schemaViolation = Self(
        "schema-violation", title: "The data are not what the schema of the event type asks for", status: 422)
    /// 429: over a limit of the tenant.
    public static let limitExceeded = Self("limit-exceeded", title: "A limit of the tenant is exceeded", status: 429)
    /// 431: the request head is larger than allowed.
    public static let headTooLarge = Self("head-too-large", title: "The request head is too large", status: 431)
    /// 500: a fault of ours; the log says more.
    public static let internalError = Self("internal-error", title: "The server failed", status: 500)
    /// 503: the router has more work than it takes; come again later.
    public static let overloaded = Self("overloaded", title: "The router is overloaded", status: 503)
    /// 503: nothing can be stored until there is room.
    public static let logFull = Self("log-full", title: "The log is full", status: 503)
    /// 503: a part that the call needs is not there now; come again later.
    public static let unavailable = Self("unavailable", title: "The router cannot do this now", status: 503)
}
