import HTTPTypes
import NIOCore
import NIOHTTP1

/// The answer to a ``DirectRequest``.
public struct DirectAnswer: Sendable {
    /// The HTTP status.
    public var status: Int
    /// Headers beside `content-length`, `date` and `server`.
    public var headers: HTTPHeaders
    /// The body.
    public var body: ByteBuffer

    /// An answer.
    public init(status: Int, headers: HTTPHeaders, body: ByteBuffer) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A refusal, the same as the router would give.
    public init(_ error: ProblemError) {
        self.status = error.problem.type.status
        self.headers = ["content-type": "application/problem+json"]
        for field in error.headers { self.headers.add(name: field.name.canonicalName, value: field.value) }
        self.body = error.problem.json
    }
}
