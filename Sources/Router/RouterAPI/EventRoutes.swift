import CloudEvents
import EventDispatch
import EventLog
import HTTPServing
import HTTPTypes
import Hummingbird
import NIOCore

/// `GET /v1/events` and `GET /v1/events/{id}/trace`.
struct EventRoutes: Sendable {
    private static let searchNames = ["source", "id", "type", "subject", "correlationid", "from", "to", "topic"]

    let service: any EventQueryService
    let data: RouterAPIRoutes.DataSource

    func addRoutes(to routes: RouteTable) {
        routes.get("v1/events", use: self.find)
        routes.get("v1/events/{id}/trace", use: self.trace)
    }

    @Sendable private func find(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let parameters = try QueryParameters(of: request, names: Self.searchNames, isPaged: true)
        var query = EventQuery(tenant: context.tenant, page: parameters.pageRequest)
        query.source = try parameters.text("source")
        query.id = try parameters.text("id")
        query.type = try parameters.text("type")
        query.subject = try parameters.text("subject")
        query.correlationID = try parameters.text("correlationid")
        query.from = try parameters.timestamp("from")
        query.to = try parameters.timestamp("to")
        query.topic = try parameters.topic("topic")
        if let from = query.from, let to = query.to, from > to {
            throw QueryParameters.fault("from", "must not be later than 'to'")
        }
        if parameters.names == ["source", "id"] {
            query.page = PageRequest(limit: 1)
            return try await self.one(query)
        }
        let page = try await self.service.search(query)
        return Response.page(page) { json, stored in
            json.object { json in json.storedEventMembers(stored) }
        }
    }

    /// The newest event of an identity, in structured mode.
    private func one(_ query: EventQuery) async throws -> Response {
        guard let stored = try await self.service.search(query).items.first else {
            throw ProblemError(.notFound, "there is no event with this source and id")
        }
        let (event, hold) = await self.data(stored.event)
        var body = ByteBuffer()
        JSONEventFormat.encode(event, into: &body)
        let json = body
        return Response(
            status: .ok, headers: [.contentType: "application/cloudevents+json"],
            body: ResponseBody(contentLength: json.readableBytes) { writer in
                try await writer.write(json)
                try await writer.finish(nil)
                // What was fetched counts until it is sent.
                withExtendedLifetime(hold) {}
            })
    }

    @Sendable private func trace(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let parameters = try QueryParameters(of: request, names: ["source"])
        let id = try ResourceName.id(in: context, of: "event")
        let trace = try await self.service.trace(id: id, source: parameters.text("source"), tenant: context.tenant)
        return Response.json { json in
            json.object { json in
                json.storedEventMembers(trace.event)
                json.array("subscriptions") { json in
                    for fate in trace.subscriptions { json.fate(fate) }
                }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func fate(_ fate: EventTrace.SubscriptionFate) {
        self.object { json in
            json.member("id", fate.subscription)
            json.member("matched", fate.matched)
            json.member("reason", fate.reason)
            json.member("state", fate.state.rawValue)
            json.array("attempts") { json in
                for attempt in fate.attempts { json.attempt(attempt) }
            }
        }
    }

    private mutating func attempt(_ attempt: EventTrace.Attempt) {
        self.object { json in
            json.time("at", Timestamp(milliseconds: attempt.atMilliseconds))
            json.member("status", attempt.status)
            json.member("error", attempt.error)
            json.member("durationMs", attempt.durationMilliseconds)
        }
    }
}
