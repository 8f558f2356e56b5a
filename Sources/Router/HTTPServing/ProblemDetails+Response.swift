import HTTPTypes
import Hummingbird

extension ProblemDetails: ResponseGenerator {
    /// The problem as an answer: its status, and the document as `application/problem+json`.
    public func response(from request: Request, context: some RequestContext) throws -> Response {
        self.response()
    }

    /// The problem as an answer, with further headers.
    public func response(headers: HTTPFields = HTTPFields()) -> Response {
        var headers = headers
        headers[.contentType] = "application/problem+json"
        return Response(
            status: HTTPResponse.Status(code: self.type.status), headers: headers,
            body: ResponseBody(byteBuffer: self.json))
    }
}
