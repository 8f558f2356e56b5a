import CloudEvents
import EventDispatch
import EventLog
import FoundationEssentials
import HTTPServing
import HTTPTypes
import Hummingbird
import Identity

/// `/v1/keys`.
struct KeyRoutes: Sendable {
    let service: any KeyService
    let bodies: JSONBodyReader
    let acts: ActRecorder

    func addRoutes(to routes: RouteTable) {
        routes.post("v1/keys", use: self.create)
        routes.get("v1/keys", use: self.list)
        routes.delete("v1/keys/{id}", use: self.delete)
    }

    @Sendable private func create(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let caller = try Self.caller(of: context)
        let document = try await self.bodies.decode(KeyDocument.self, from: request)
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        let wanted = try document.request(of: caller, now: now)
        let (key, record) = try await self.service.create(wanted, by: caller.principal)
        self.note(.keyCreated, record, caller)
        return Response.json(
            status: .created, headers: [.location: "/v1/keys/\(record.id)", .cacheControl: "no-store"]
        ) { json in json.key(record, text: key.text) }
    }

    @Sendable private func list(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let query = try QueryParameters(of: request, names: [], isPaged: true)
        let page = try await self.service.list(
            within: Self.caller(of: context).reach, page: ListCursor.key.request(query.pageRequest))
        return Response.page(ListCursor.key.answer(page)) { json, record in json.key(record) }
    }

    @Sendable private func delete(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let caller = try Self.caller(of: context)
        let id = try ResourceName.id(in: context, of: "key")
        let record = try await self.service.delete(id, within: caller.reach)
        self.note(.keyDeleted, record, caller)
        return Response(status: .noContent)
    }

    /// The tenant whose key it is hears of it; of a key of all tenants, the caller's.
    private func note(_ kind: AdministrativeAct.Kind, _ record: APIKeyRecord, _ caller: Caller) {
        var tenant = caller.tenant
        if case .one(let own) = record.reach { tenant = own }
        self.acts.note(.key(kind, record), caller.principal, tenant)
    }

    private static func caller(of context: RouterRequestContext) throws(ProblemError) -> Caller {
        guard let caller = context.caller else { throw ProblemError(.unauthenticated, "a credential is needed") }
        return caller
    }
}

extension JSONWriter {
    /// - Parameter text: the key itself, where it is shown this once.
    fileprivate mutating func key(_ record: APIKeyRecord, text: String? = nil) {
        self.object { json in
            json.member("id", record.id)
            if let text { json.member("key", text) }
            json.member("prefix", record.hint)
            json.member("tenant", record.reach.text)
            json.member("name", record.name)
            json.array("scopes") { json in
                for scope in record.scopes.map(\.rawValue).sorted() { json.element(scope) }
            }
            json.time("createdAt", Timestamp(milliseconds: record.createdAtMilliseconds))
            if let end = record.expiresAtMilliseconds { json.time("expiresAt", Timestamp(milliseconds: end)) }
            json.member("createdBy", record.createdBy)
        }
    }
}
