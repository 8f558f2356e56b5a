import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// An `Encodable` as a JSON answer.
public struct JSONResponse<Body: Encodable & Sendable>: ResponseGenerator, Sendable {
    /// What is encoded.
    public var body: Body
    /// The status, 200 where nothing is said.
    public var status: HTTPResponse.Status
    /// Headers beside the content type.
    public var headers: HTTPFields

    /// An answer with `body` as JSON.
    public init(_ body: Body, status: HTTPResponse.Status = .ok, headers: HTTPFields = HTTPFields()) {
        self.body = body
        self.status = status
        self.headers = headers
    }

    /// - Throws: `EncodingError` where the value cannot be said in JSON.
    public func response(from request: Request, context: some RequestContext) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        let buffer = ByteBuffer(bytes: try encoder.encode(self.body))
        return Response.json(buffer, status: self.status, headers: self.headers)
    }
}

extension Response {
    /// An answer with JSON text that is there already.
    public static func json(
        _ text: ByteBuffer, status: HTTPResponse.Status = .ok, headers: HTTPFields = HTTPFields()
    ) -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: text))
    }
}
