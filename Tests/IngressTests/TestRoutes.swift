import HTTPServing
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Identity
import Logging
import NIOCore

/// Some paths that do what servers do.
struct TestRoutes: RouteProvider {
    struct SecretFailure: Error, CustomStringConvertible {
        var description: String { "password=hunter2" }
    }

    var bodies = RequestBodyReader(bytesMax: 1000, budget: InFlightBudget(bytesMax: 10_000, requestsMax: 4))

    func addRoutes(to routes: RouteTable) {
        routes.get("/things") { request, context in
            let page = try PageParameters(of: request)
            return Response.json(ByteBuffer(string: "[\(page.limit),\"\(page.cursor ?? "")\",\"\(context.tenant)\"]"))
        }
        routes.group("/things").group(":id").get("parts") { _, context in
            Response.json(ByteBuffer(string: "\"\(try context.parameters.require("id"))\""))
        }
        routes.post("/things") { request, _ in
            try await self.bodies.withBody(of: request) { Response.json($0, status: .created) }
        }
        routes.put("/raw") { request, _ in
            try await self.bodies.withBody(of: request) { body in
                Response.json(ByteBuffer(string: "\(body.readableBytes)"))
            }
        }
        routes.get("/fail") { _, _ -> Response in throw SecretFailure() }
        routes.get("/teapot") { _, _ -> Response in throw HTTPError(.init(code: 418), message: "short and stout") }
    }
}

extension TestResponse {
    var text: String { String(buffer: self.body) }
}

/// An application with its default surfaces, for tests.
func testApplication(
    _ routes: [any RouteProvider], configuration: ServingConfiguration = ServingConfiguration(),
    logger: Logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
) -> Application<HTTPApplication.Responder> {
    HTTPApplication.make(
        configuration: configuration, routes: routes, needs: { _, _ in .anyCredential }, logger: logger)
}
