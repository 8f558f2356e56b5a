/// Why a call on the router was refused; the HTTP surface turns it into problem+json, one to one.
public struct ServiceError: Error, Sendable, Hashable {
    /// The kind of refusal.
    public enum Code: String, Sendable, Hashable {
        /// 400: the request as a whole cannot be understood.
        case invalid
        /// 404: there is none, or not for this tenant.
        case notFound
        /// 409: it is there already, or its state does not allow the call.
        case conflict
        /// 422: understood, and a field is wrong.
        case unprocessable
        /// 429: over a limit.
        case limitExceeded
        /// 503: come again later.
        case unavailable
    }

    /// One fault and where it is.
    public struct FieldError: Sendable, Hashable {
        /// A JSON Pointer (RFC 6901) into the request's body, or the name of a query parameter.
        public var pointer: String
        public var detail: String

        public init(pointer: String, detail: String) {
            self.pointer = pointer
            self.detail = detail
        }
    }

    /// A limit of a tenant that a call would pass.
    public struct Limit: Sendable, Hashable {
        public var name: String
        public var value: Int

        public init(_ name: String, _ value: Int) {
            self.name = name
            self.value = value
        }
    }

    public var code: Code
    /// One sentence with the mend.
    public var message: String
    public var errors: [FieldError]
    /// Which limit, where one is named.
    public var limit: Limit?

    public init(_ code: Code, _ message: String, errors: [FieldError] = [], limit: Limit? = nil) {
        self.code = code
        self.message = message
        self.errors = errors
        self.limit = limit
    }
}
