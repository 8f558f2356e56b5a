import EventDispatch
import HTTPServing
import Hummingbird
import Identity
import TenantLimits

/// `/v1/tenants/{id}/limits` and `/v1/tenants/{id}/usage`.
///
/// A tenant may look at its own; only the platform, whose credential is one of all tenants, may change them.
struct TenantRoutes: Sendable {
    /// What a tenant uses.
    typealias UsageSource = @Sendable (_ tenant: String) async throws(ServiceError) -> TenantUsage

    let service: any TenantLimitService
    let usage: UsageSource
    let bodies: JSONBodyReader
    let acts: ActRecorder

    func addRoutes(to routes: RouteTable) {
        routes.get("v1/tenants/{id}/limits", use: self.get)
        routes.put("v1/tenants/{id}/limits", use: self.set)
        routes.delete("v1/tenants/{id}/limits", use: self.reset)
        routes.get("v1/tenants/{id}/usage", use: self.showUsage)
    }

    /// The tenant of the path.
    /// - Throws: 404 for one that the caller does not speak for, as for what is no tenant.
    private static func tenant(in context: RouterRequestContext) throws(ProblemError) -> String {
        let tenant = try ResourceName.id(in: context, of: "tenant")
        guard TenantReach.isTenant(tenant), let caller = context.caller,
            caller.principal.reach.covers(.one(tenant))
        else { throw ProblemError(.notFound, "there is no such tenant") }
        return tenant
    }

    /// The same, for a change.
    /// - Throws: 403 for a caller of that tenant alone.
    private static func changedTenant(in context: RouterRequestContext) throws(ProblemError) -> String {
        let tenant = try self.tenant(in: context)
        guard context.caller?.principal.reach == .all else {
            throw ProblemError(
                .forbidden,
                "limits are changed by the platform only: use a credential of all tenants (tenant '*') with the scope "
                    + "admin")
        }
        return tenant
    }

    @Sendable private func get(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let view = try await self.service.get(Self.tenant(in: context))
        return Response.json { json in json.tenantLimits(view) }
    }

    @Sendable private func set(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let tenant = try Self.changedTenant(in: context)
        let document = try await self.bodies.decode(TenantLimitDocument.self, from: request)
        let view = try await self.service.set(document.overrides(), of: tenant)
        self.note(.tenantLimitsChanged, view, context)
        return Response.json { json in json.tenantLimits(view) }
    }

    @Sendable private func reset(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let tenant = try Self.changedTenant(in: context)
        self.note(.tenantLimitsReset, try await self.service.set([:], of: tenant), context)
        return Response(status: .noContent)
    }

    @Sendable private func showUsage(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let usage = try await self.usage(Self.tenant(in: context))
        return Response.json { json in json.tenantUsage(usage) }
    }

    /// The tenant whose limits they are hears of it.
    private func note(_ kind: AdministrativeAct.Kind, _ view: TenantLimitView, _ context: RouterRequestContext) {
        guard let caller = context.caller else { return }
        var details: [String: String] = [:]
        for (limit, value) in view.overrides { details[limit.rawValue] = String(value) }
        self.acts.note(
            AdministrativeAct(kind, subject: view.tenant, details: details), caller.principal, view.tenant)
    }
}
