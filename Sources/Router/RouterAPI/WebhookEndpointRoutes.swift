import EventDispatch
import HTTPServing
import HTTPTypes
import Hummingbird
import Subscriptions
import WebhookSignatures
import Webhooks

/// `/v1/webhook-endpoints`.
struct WebhookEndpointRoutes: Sendable {
    let service: any WebhookEndpointService
    let bodies: JSONBodyReader
    /// Where providers reach the router; nil: nobody said.
    let publicURL: String?
    let acts: ActRecorder

    func addRoutes(to routes: RouteTable) {
        routes.post("v1/webhook-endpoints", use: self.create)
        routes.get("v1/webhook-endpoints", use: self.list)
        routes.get("v1/webhook-endpoints/{id}", use: self.get)
        routes.put("v1/webhook-endpoints/{id}", use: self.update)
        routes.delete("v1/webhook-endpoints/{id}", use: self.delete)
    }

    /// - Throws: 404 where the path names what can be no endpoint.
    private static func id(in context: RouterRequestContext) throws(ProblemError) -> String {
        let id = try ResourceName.id(in: context, of: "webhook endpoint")
        guard SubscriptionID.isValid(name: id) else {
            throw ProblemError(.notFound, "there is no such webhook endpoint")
        }
        return id
    }

    @Sendable private func create(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let document = try await self.bodies.decode(WebhookEndpointDocument.self, from: request)
        let view = try await self.service.create(
            document.request(tenant: context.tenant, id: nil, isURLKnown: self.publicURL != nil))
        self.note(.webhookEndpointCreated, view, context)
        let headers: HTTPFields = [.location: "/v1/webhook-endpoints/\(view.endpoint.id)"]
        return Response.json(status: .created, headers: headers) { json in
            json.webhookEndpoint(view, publicURL: self.publicURL)
        }
    }

    @Sendable private func list(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let query = try QueryParameters(of: request, names: [], isPaged: true)
        let page = try await self.service.list(
            tenant: context.tenant, page: ListCursor.webhookEndpoint.request(query.pageRequest))
        return Response.page(ListCursor.webhookEndpoint.answer(page)) { json, view in
            json.webhookEndpoint(view, publicURL: self.publicURL)
        }
    }

    @Sendable private func get(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        self.answer(try await self.service.get(Self.id(in: context), tenant: context.tenant))
    }

    @Sendable private func update(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let id = try Self.id(in: context)
        let document = try await self.bodies.decode(WebhookEndpointDocument.self, from: request)
        let view = try await self.service.update(
            document.request(tenant: context.tenant, id: id, isURLKnown: self.publicURL != nil))
        self.note(.webhookEndpointUpdated, view, context)
        return self.answer(view)
    }

    @Sendable private func delete(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let id = try Self.id(in: context)
        try await self.service.delete(id, tenant: context.tenant)
        self.acts.note(.webhookEndpointDeleted, id, in: context)
        return Response(status: .noContent)
    }

    private func note(_ kind: AdministrativeAct.Kind, _ view: WebhookEndpointView, _ context: RouterRequestContext) {
        self.acts.note(kind, view.endpoint.id, details: ["provider": view.endpoint.provider.name], in: context)
    }

    private func answer(_ view: WebhookEndpointView) -> Response {
        Response.json { json in json.webhookEndpoint(view, publicURL: self.publicURL) }
    }
}
