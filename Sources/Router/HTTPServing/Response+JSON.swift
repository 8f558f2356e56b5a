import HTTPTypes
import Hummingbird
import NIOCore

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
