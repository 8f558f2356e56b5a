import CloudEvents
import EventDispatch
import HTTPServing
import HTTPTypes
import Hummingbird
import NIOCore

/// `/v1/dead-letters`.
struct DeadLetterRoutes: Sendable {
    let service: any DeadLetterService
    let bodies: JSONBodyReader
    let acts: ActRecorder

    func addRoutes(to routes: RouteTable) {
        routes.get("v1/dead-letters", use: self.list)
        routes.post("v1/dead-letters/redrive", use: self.redrive)
        routes.get("v1/dead-letters/{id}", use: self.get)
        routes.delete("v1/dead-letters/{id}", use: self.discard)
    }

    @Sendable private func list(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let query = try QueryParameters(of: request, names: ["subscription", "reason"], isPaged: true)
        let page = try await self.service.list(
            tenant: context.tenant, subscription: query.text("subscription"), reason: query.text("reason"),
            page: query.pageRequest)
        return Response.page(page) { json, letter in json.deadLetter(letter) }
    }

    @Sendable private func get(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let id = try ResourceName.id(in: context, of: "dead letter")
        let letter = try await self.service.get(id, tenant: context.tenant)
        return Response.json { json in json.deadLetter(letter) }
    }

    @Sendable private func redrive(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let selection = try await self.bodies.decode(RedriveDocument.self, from: request).selection()
        let count = try await self.service.redrive(selection, tenant: context.tenant)
        self.acts.note(.deadLettersRedriven, nil, details: ["redriven": String(count)], in: context)
        return Response.json(status: .accepted) { json in
            json.object { json in json.member("redriven", count) }
        }
    }

    @Sendable private func discard(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let id = try ResourceName.id(in: context, of: "dead letter")
        try await self.service.discard(id, tenant: context.tenant)
        self.acts.note(.deadLetterDiscarded, id, in: context)
        return Response(status: .noContent)
    }
}

extension JSONWriter {
    fileprivate mutating func deadLetter(_ letter: DeadLetter) {
        self.object { json in
            json.member("id", letter.id)
            json.member("subscription", letter.subscription)
            json.event("event", letter.event)
            json.member("reason", letter.reason)
            json.member("status", letter.status)
            if let error = letter.error { json.member("error", error) }
            json.member("attempts", letter.attempts)
            json.time("at", letter.at)
            json.position("position", letter.position)
            if let replayID = letter.replayID { json.member("replayid", replayID) }
        }
    }
}
