import CloudEvents
import EventDispatch
import EventTypes
import HTTPServing
import HTTPTypes
import Hummingbird
import JSONSchema
import NIOCore

/// `/v1/event-types`.
struct EventTypeRoutes: Sendable {
    let service: any EventTypeService
    let bodies: JSONBodyReader
    let acts: ActRecorder

    func addRoutes(to routes: RouteTable) {
        routes.post("v1/event-types", use: self.register)
        routes.get("v1/event-types", use: self.list)
        routes.get("v1/event-types/{type}", use: self.get)
        routes.put("v1/event-types/{type}", use: self.update)
        routes.delete("v1/event-types/{type}", use: self.delete)
        routes.get("v1/event-types/{type}/versions", use: self.listVersions)
        routes.post("v1/event-types/{type}/versions", use: self.registerVersion)
        routes.get("v1/event-types/{type}/versions/{version}", use: self.getVersion)
    }

    /// - Throws: 404 where the path names what can be no type.
    private static func type(in context: RouterRequestContext) throws(ProblemError) -> String {
        let type = try ResourceName.id(in: context, named: "type", of: "event type")
        guard EventTypeName.isValid(type) else { throw ProblemError(.notFound, "there is no such event type") }
        return type
    }

    private func request(
        of request: Request, _ context: RouterRequestContext, pathType: String?, needsSchema: Bool
    ) async throws -> EventTypeRequest {
        let (document, schema) = try await self.bodies.decode(
            EventTypeDocument.self, textAt: ["schema"], from: request)
        return try document.request(
            tenant: context.tenant, pathType: pathType, schema: schema.map { String(buffer: $0) },
            needsSchema: needsSchema)
    }

    @Sendable private func register(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let wanted = try await self.request(of: request, context, pathType: nil, needsSchema: true)
        let registration = try await self.service.register(wanted)
        let (view, path) = (registration.view, PercentEncoding.segment(registration.view.type))
        self.note(registration.isNewVersion ? .eventTypeRegistered : .eventTypeUpdated, view, context)
        guard registration.isNewVersion else { return Response.json { json in json.eventType(view) } }
        let location =
            registration.isNewType ? "/v1/event-types/\(path)" : "/v1/event-types/\(path)/versions/\(view.version)"
        return Response.json(status: .created, headers: [.location: location]) { json in json.eventType(view) }
    }

    @Sendable private func registerVersion(
        _ request: Request, _ context: RouterRequestContext
    ) async throws -> Response {
        let type = try Self.type(in: context)
        let registration = try await self.service.register(
            self.request(of: request, context, pathType: type, needsSchema: true))
        let view = registration.view
        self.note(registration.isNewVersion ? .eventTypeRegistered : .eventTypeUpdated, view, context)
        let version = try await self.service.version(view.version, of: type, tenant: context.tenant)
        let path = "/v1/event-types/\(PercentEncoding.segment(type))/versions/\(version.version)"
        return Response.json(
            status: registration.isNewVersion ? .created : .ok,
            headers: registration.isNewVersion ? [.location: path] : [:]
        ) { json in json.eventTypeVersion(version) }
    }

    @Sendable private func list(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let query = try QueryParameters(of: request, names: [], isPaged: true)
        let wanted = try ListCursor.eventType.request(query.pageRequest) { EventTypeName.isValid($0) }
        let page = try await self.service.list(tenant: context.tenant, page: wanted)
        return Response.page(ListCursor.eventType.answer(page)) { json, view in json.eventType(view) }
    }

    @Sendable private func get(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let view = try await self.service.get(Self.type(in: context), tenant: context.tenant)
        return Response.json { json in json.eventType(view) }
    }

    @Sendable private func listVersions(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let query = try QueryParameters(of: request, names: [], isPaged: true)
        let page = try await self.service.versions(
            of: Self.type(in: context), tenant: context.tenant,
            page: ListCursor.eventTypeVersion.request(query.pageRequest) { cursor in
                cursor.utf8.count <= 9 && cursor.utf8.allSatisfy { (0x30...0x39).contains($0) }
            })
        return Response.page(ListCursor.eventTypeVersion.answer(page)) { json, version in
            json.eventTypeVersion(version)
        }
    }

    @Sendable private func getVersion(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let type = try Self.type(in: context)
        let text = try ResourceName.id(in: context, named: "version", of: "version of the event type")
        let number = Int(text)
        guard text == "latest" || number.map({ $0 > 0 && String($0) == text }) ?? false else {
            throw ProblemError(.notFound, "there is no such version of the event type: name a number, or latest")
        }
        let version = try await self.service.version(number, of: type, tenant: context.tenant)
        return Response.json { json in json.eventTypeVersion(version) }
    }

    @Sendable private func update(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let type = try Self.type(in: context)
        let view = try await self.service.update(
            self.request(of: request, context, pathType: type, needsSchema: false))
        self.note(.eventTypeUpdated, view, context)
        return Response.json { json in json.eventType(view) }
    }

    @Sendable private func delete(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let type = try Self.type(in: context)
        try await self.service.delete(type, tenant: context.tenant)
        self.acts.note(.eventTypeDeleted, type, in: context)
        return Response(status: .noContent)
    }

    private func note(_ kind: AdministrativeAct.Kind, _ view: EventTypeView, _ context: RouterRequestContext) {
        self.acts.note(
            kind, view.type,
            details: [
                "version": String(view.version), "mode": view.mode.rawValue,
                "compatibility": view.compatibility.rawValue,
            ], in: context)
    }
}
