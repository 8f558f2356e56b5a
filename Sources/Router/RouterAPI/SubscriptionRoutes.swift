import EventDispatch
import HTTPServing
import HTTPTypes
import Hummingbird
import NetworkGuard
import Subscriptions

/// `/v1/subscriptions`, the CloudEvents Subscriptions API.
struct SubscriptionRoutes: Sendable {
    let service: any SubscriptionService
    let bodies: JSONBodyReader
    let networkPolicy: NetworkPolicy

    func addRoutes(to routes: RouteTable) {
        routes.post("v1/subscriptions", use: self.create)
        routes.get("v1/subscriptions", use: self.list)
        routes.on("v1/subscriptions", method: .options) { _, _ in Self.features("GET, HEAD, OPTIONS, POST") }
        routes.put("v1/subscriptions/{id}", use: self.update)
        routes.delete("v1/subscriptions/{id}", use: self.delete)
        routes.on("v1/subscriptions/{id}", method: .options) { _, _ in
            Self.features("DELETE, GET, HEAD, OPTIONS, PUT")
        }
        self.addRoute(.get, "v1/subscriptions/{id}", to: routes) { service, id throws(ServiceError) in
            try await service.get(id)
        }
        self.addRoute(.post, "v1/subscriptions/{id}/pause", to: routes) { service, id throws(ServiceError) in
            try await service.pause(id)
        }
        self.addRoute(.post, "v1/subscriptions/{id}/resume", to: routes) { service, id throws(ServiceError) in
            try await service.resume(id)
        }
    }

    /// A route that does something with one subscription and shows it.
    private func addRoute(
        _ method: HTTPRequest.Method, _ path: RouterPath, to routes: RouteTable,
        _ call:
            @escaping @Sendable (any SubscriptionService, SubscriptionID) async throws(ServiceError) -> SubscriptionView
    ) {
        let service = self.service
        routes.on(path, method: method) { _, context in
            let view = try await call(service, Self.id(in: context))
            return try Response.json { json in try json.subscription(view) }
        }
    }

    private static func features(_ methods: String) -> Response {
        Response(status: .ok, headers: [.allow: methods])
    }

    /// - Throws: 404 where the path names what can be no subscription.
    private static func id(in context: RouterRequestContext) throws(ProblemError) -> SubscriptionID {
        let name = try ResourceName.id(in: context, of: "subscription")
        guard SubscriptionID.isValid(name: name) else {
            throw ProblemError(.notFound, "there is no such subscription")
        }
        return SubscriptionID(tenant: context.tenant, name: name)
    }

    @Sendable private func create(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let document = try await self.bodies.decode(SubscriptionDocument.self, from: request)
        let subscription = try document.checkedSubscription(
            tenant: context.tenant, policy: self.networkPolicy, defaultName: ResourceName.mintSubscription)
        let view = try await self.service.create(subscription)
        let headers: HTTPFields = [.location: "/v1/subscriptions/\(view.stored.subscription.id.name)"]
        return try Response.json(status: .created, headers: headers) { json in try json.subscription(view) }
    }

    @Sendable private func list(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let query = try QueryParameters(of: request, names: [], isPaged: true)
        let page = try await self.service.list(
            tenant: context.tenant, page: ListCursor.subscription.request(query.pageRequest))
        return try Response.page(ListCursor.subscription.answer(page)) { json, view in try json.subscription(view) }
    }

    @Sendable private func update(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let id = try Self.id(in: context)
        let document = try await self.bodies.decode(SubscriptionDocument.self, from: request)
        let subscription = try document.checkedSubscription(
            tenant: id.tenant, policy: self.networkPolicy, defaultName: { id.name })
        var faults = FieldFaults()
        if subscription.id != id {
            faults.add("/id", "must be absent or the id of the path: a subscription keeps its id")
        }
        try faults.throwIfAny()
        let view = try await self.service.update(subscription)
        return try Response.json { json in try json.subscription(view) }
    }

    @Sendable private func delete(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        try await self.service.delete(Self.id(in: context))
        return Response(status: .noContent)
    }
}
