import HTTPTypes
import Hummingbird
import NIOCore

/// `GET /metrics`: the measurements of the process as text.
public struct MetricsRoute: RouteProvider {
    /// Scrapers have no tenant.
    public let needsTenant = false
    private let contentType: String
    private let exposition: @Sendable () async -> ByteBuffer

    /// - Parameters:
    ///   - contentType: the media type of the text.
    ///   - exposition: makes the text for each call.
    public init(
        contentType: String, exposition: @escaping @Sendable () async -> ByteBuffer
    ) {
        self.contentType = contentType
        self.exposition = exposition
    }

    /// Registers the path.
    public func addRoutes(to routes: RouteTable) {
        routes.get("/metrics") { _, _ in
            var headers = HTTPFields()
            headers[.contentType] = self.contentType
            return Response(
                status: .ok, headers: headers, body: ResponseBody(byteBuffer: await self.exposition()))
        }
    }
}
