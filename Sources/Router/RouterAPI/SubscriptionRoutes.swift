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
    let acts: ActRecorder

    func addRoutes(to routes: RouteTable) {
        routes.post("v1/subscriptions", use: self.create)
        routes.get("v1/subscriptions", use: self.list)
        routes.on("v1/subscriptions", method: .options) { _, _ in Self.features("GET, HEAD, OPTIONS, POST") }
        routes.put("v1/subscriptions/{id}", use: self.update)
        routes.delete("v1/subscriptions/{id}", use: self.delete)
        routes.on("v1/subscriptions/{id}", method: .options) { _, _ in
            Self.features("DELETE, GET, HEAD, OPTIONS, PUT")
        }
        self.addRoute(.get, "v1/subscriptions/{id}", act: nil, to: routes) { service, id throws(ServiceError) in
            try await service.get(id)
        }
        self.addRoute(.post, "v1/subscriptions/{id}/pause", act: .subscriptionPaused, to: routes) {
            service, id throws(ServiceError) in
            try await service.pause(id)
        }
        self.addRoute(.post, "v1/subscriptions/{id}/resume", act: .subscriptionResumed, to: routes) {
            service, id throws(ServiceError) in
            try await service.resume(id)
        }
    }

    /// A route that does something with one subscription and shows it.
    private func addRoute(
        _ method: HTTPRequest.Method, _ path: RouterPath, act: AdministrativeAct.Kind?, to routes: RouteTable,
        _ call:
            @escaping @Sendable (any SubscriptionService, SubscriptionID) async throws(ServiceError) -> SubscriptionView
    ) {
        let (service, acts) = (self.service, self.acts)
        routes.on(path, method: method) { _, context in
            let id = try Self.id(in: context)
            let view = try await call(service, id)
            if let act { acts.note(act, id.name, in: context) }
            return try Response.json { json in try json.subscription(view) }
        }
    }

    private static func features(_ methods: String) -> Response {
        Response(status: .ok, headers: [.allow: methods])
    }

    /// - Throws: 404 where the path names what can be no subscription.
    static func id(in context: RouterRequestContext) throws(ProblemError) -> SubscriptionID {
        let name = try ResourceName.id(in: context, of: "subscription")
        guard SubscriptionID.isValid(name: name) else {
            throw ProblemError(.notFound, "there is no such subscription")
        }
        return SubscriptionID(tenant: context.tenant, name: name)
    }

    /// The body. The transform in it is taken as it was written: numbers are not read, nor members sorted.
    private func document(of request: Request) async throws -> SubscriptionDocument {
        var (document, transform) = try await self.bodies.decode(
            SubscriptionDocument.self, textAt: ["config", "transform"], from: request)
        document.config.transform = transform.map { String(buffer: $0) }.flatMap { $0 == "null" ? nil : $0 }
        return document
    }

    @Sendable private func create(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let document = try await self.document(of: request)
        let subscription = try document.checkedSubscription(
            tenant: context.tenant, policy: self.networkPolicy, defaultName: ResourceName.mintSubscription)
        let view = try await self.service.create(subscription, secrets: document.secrets)
        let name = view.stored.subscription.id.name
        self.acts.note(.subscriptionCreated, name, in: context)
        let headers: HTTPFields = [.location: "/v1/subscriptions/\(name)"]
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
        let document = try await self.document(of: request)
        let subscription = try document.checkedSubscription(
            tenant: id.tenant, policy: self.networkPolicy, defaultName: { id.name })
        var faults = FieldFaults()
        if subscription.id != id {
            faults.add("/id", "must be absent or the id of the path: a subscription keeps its id")
        }
        try faults.throwIfAny()
        let view = try await self.service.update(subscription, secrets: document.secrets)
        self.acts.note(.subscriptionUpdated, id.name, in: context)
        return try Response.json { json in try json.subscription(view) }
    }

    @Sendable private func delete(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let id = try Self.id(in: context)
        try await self.service.delete(id)
        self.acts.note(.subscriptionDeleted, id.name, in: context)
        return Response(status: .noContent)
    }
}
