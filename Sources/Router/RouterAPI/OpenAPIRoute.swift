import HTTPServing
import HTTPTypes
import Hummingbird
import NIOCore

/// `GET /v1/openapi.yaml`: the description of the whole HTTP surface, which is part of the binary.
public struct OpenAPIRoute: RouteProvider {
    /// The description is the same for everyone.
    public let needsTenant = false

    public init() {}

    /// The OpenAPI 3.1 document, YAML.
    public static let document = ByteBuffer(bytes: PackageResources.openapi_yaml)

    /// Registers the path.
    public func addRoutes(to routes: RouteTable) {
        routes.get("v1/openapi.yaml") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/yaml"], body: ResponseBody(byteBuffer: Self.document))
        }
    }
}
