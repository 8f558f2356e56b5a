import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import HTTPServing
@testable import RouterAPI

struct OpenAPITests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test func theDocumentIsServedToEveryone() async throws {
        let api = try APIFixture()
        let answer = try await api.send(.get, "/v1/openapi.yaml", tenant: "not a tenant")
        #expect(answer.status == 200)
        #expect(answer.header("Content-Type") == "application/yaml")
        #expect(answer.body == OpenAPIRoute.document)
    }

    @Test func theBinaryHasTheDocumentOfTheRepository() throws {
        let file = try Data(contentsOf: Self.root.appendingPathComponent("schemas/openapi.yaml"))
        #expect(ByteBuffer(bytes: file) == OpenAPIRoute.document)
    }

    @Test func itIsOpenAPI31() throws {
        #expect(try OpenAPIDescription().version == "3.1.0")
    }

    @Test func everyRouteIsDescribedAndEveryDescribedOperationIsARoute() async throws {
        let budget = InFlightBudget(bytesMax: 1, requestsMax: 1)
        let providers: [any RouteProvider] = [
            RouterAPIRoutes(
                subscriptions: InMemorySubscriptions(), replays: InMemoryReplays(), deadLetters: InMemoryDeadLetters(),
                keys: InMemoryKeys(), events: InMemoryEvents(), webhookEndpoints: InMemoryWebhookEndpoints(),
                eventTypes: InMemoryEventTypes(), limits: InMemoryTenantLimits(),
                usage: InMemoryTenantLimits().usage,
                budget: budget),
            OpenAPIRoute(), HealthRoutes(checks: []), MetricsRoute(contentType: "text/plain") { ByteBuffer() },
        ]
        let router = Router(context: RouterRequestContext.self)
        var routes: Set<OpenAPIDescription.Operation> = []
        for provider in providers {
            let table = RouteTable(group: router.group())
            provider.addRoutes(to: table)
            for route in table.routes {
                routes.insert(.init(method: route.method.rawValue, path: route.path.description))
            }
        }
        // The ways in are not a part of this surface.
        routes.insert(.init(method: "POST", path: "/v1/events"))
        routes.insert(.init(method: "POST", path: "/v1/webhooks/{endpointId}"))
        routes.insert(.init(method: "OPTIONS", path: "/v1/webhooks/{endpointId}"))
        let described = try OpenAPIDescription().operations
        #expect(routes.subtracting(described).isEmpty)
        #expect(described.subtracting(routes).isEmpty)
        #expect(described.count == 51)
    }

    @Test func aMethodThatAPathDoesNotHaveIs405() async throws {
        let api = try APIFixture()
        let operations = api.description.operations
        for path in Set(operations.map(\.path)) where path.hasPrefix("/v1/") && !path.hasPrefix("/v1/webhooks/") {
            let methods = Set(operations.filter { $0.path == path }.map(\.method))
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] where !methods.contains(method) {
                let concrete = path.replacing(/\{[a-z]+\}/, with: "x")
                let answer = try await api.send(try #require(HTTPRequest.Method(rawValue: method)), concrete)
                #expect(answer.status == 405, "\(method) \(path)")
                let allowed = answer.header("Allow")?.components(separatedBy: ", ") ?? []
                #expect(Set(allowed).isSuperset(of: methods.subtracting(["POST"])), "\(method) \(path)")
                #expect(!allowed.contains(method))
            }
        }
    }

    @Test func theEventEndpointSharesItsPath() async throws {
        struct Publishing: RouteProvider {
            func addRoutes(to routes: RouteTable) { routes.post("/v1/events") { _, _ in Response(status: .accepted) } }
        }
        let api = RouterAPIRoutes(
            subscriptions: InMemorySubscriptions(), replays: InMemoryReplays(), deadLetters: InMemoryDeadLetters(),
            keys: InMemoryKeys(), events: InMemoryEvents(), webhookEndpoints: InMemoryWebhookEndpoints(),
            eventTypes: InMemoryEventTypes(), limits: InMemoryTenantLimits(), usage: InMemoryTenantLimits().usage,
            budget: InFlightBudget(bytesMax: 1, requestsMax: 1))
        let router = HTTPApplication.makeRouter(routes: [Publishing(), api], callers: HeaderTenantResolver())
        try await Application(router: router).test(.router) { client in
            for (method, status) in [(HTTPRequest.Method.post, 202), (.get, 200), (.head, 200), (.put, 405)] {
                try await client.execute(uri: "/v1/events", method: method) { #expect($0.status.code == status) }
            }
            try await client.execute(uri: "/v1/events", method: .delete) { response in
                #expect(response.headers[.allow] == "GET, HEAD, OPTIONS, POST")
            }
        }
    }
}
