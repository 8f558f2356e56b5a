import HTTPTypes
import Hummingbird

/// Thrown by a handler to answer with a problem document.
public struct ProblemError: Error, HTTPResponseError, Sendable, CustomStringConvertible {
    /// What is answered.
    public var problem: ProblemDetails
    /// Headers beside the content type: `Allow`, `WWW-Authenticate`, `Retry-After` …
    public var headers: HTTPFields

    /// A refusal of a kind, with one sentence and what belongs to it.
    /// - Parameter retryAfterSeconds: goes into `Retry-After` (RFC 9110, section 10.2.3).
    public init(
        _ type: ProblemType, _ detail: String, errors: [ProblemDetails.FieldError] = [], index: Int? = nil,
        members: [ProblemDetails.Member] = [], retryAfterSeconds: Int? = nil
    ) {
        self.problem = ProblemDetails(type, detail: detail, errors: errors, index: index, members: members)
        self.headers = HTTPFields()
        if let retryAfterSeconds { self.headers[.retryAfter] = String(retryAfterSeconds) }
    }

    /// The status of the answer.
    public var status: HTTPResponse.Status { HTTPResponse.Status(code: self.problem.type.status) }

    /// The answer.
    public func response(from request: Request, context: some RequestContext) throws -> Response {
        self.problem.response(headers: self.headers)
    }

    /// Kind and sentence, for the log.
    public var description: String {
        "\(self.problem.type.status) \(self.problem.type.uri): \(self.problem.detail ?? self.problem.type.title)"
    }
}
