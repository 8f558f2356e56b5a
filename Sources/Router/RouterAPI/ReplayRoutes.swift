import EventDispatch
import EventLog
import HTTPServing
import HTTPTypes
import Hummingbird
import NetworkGuard
import Subscriptions

/// `/v1/replays`.
struct ReplayRoutes: Sendable {
    let service: any ReplayService
    let bodies: JSONBodyReader
    let networkPolicy: NetworkPolicy
    let acts: ActRecorder

    func addRoutes(to routes: RouteTable) {
        routes.post("v1/replays", use: self.create)
        routes.get("v1/replays", use: self.list)
        self.addRoute(.get, "v1/replays/{id}", act: nil, to: routes) {
            service, id, tenant throws(ServiceError) in
            try await service.get(id, tenant: tenant)
        }
        self.addRoute(.post, "v1/replays/{id}/pause", act: .replayPaused, to: routes) {
            service, id, tenant throws(ServiceError) in
            try await service.pause(id, tenant: tenant)
        }
        self.addRoute(.post, "v1/replays/{id}/resume", act: .replayResumed, to: routes) {
            service, id, tenant throws(ServiceError) in
            try await service.resume(id, tenant: tenant)
        }
        self.addRoute(.post, "v1/replays/{id}/cancel", act: .replayCancelled, to: routes) {
            service, id, tenant throws(ServiceError) in
            try await service.cancel(id, tenant: tenant)
        }
    }

    /// A route that does something with one replay and shows it.
    private func addRoute(
        _ method: HTTPRequest.Method, _ path: RouterPath, act: AdministrativeAct.Kind?, to routes: RouteTable,
        _ call: @escaping @Sendable (any ReplayService, String, String) async throws(ServiceError) -> ReplayView
    ) {
        let (service, acts) = (self.service, self.acts)
        routes.on(path, method: method) { _, context in
            let id = try ResourceName.id(in: context, of: "replay")
            let view = try await call(service, id, context.tenant)
            if let act { acts.note(act, id, in: context) }
            return try Response.json { json in try json.replay(view) }
        }
    }

    @Sendable private func create(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let document = try await self.bodies.decode(ReplayDocument.self, from: request)
        let replay = try document.request(tenant: context.tenant, policy: self.networkPolicy)
        let view = try await self.service.create(replay)
        if replay.dryRun { return try Response.json { json in try json.replay(view) } }
        self.acts.note(.replayCreated, view.id, in: context)
        return try Response.json(status: .created, headers: [.location: "/v1/replays/\(view.id)"]) { json in
            try json.replay(view)
        }
    }

    @Sendable private func list(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let query = try QueryParameters(of: request, names: [], isPaged: true)
        let page = try await self.service.list(
            tenant: context.tenant, page: ListCursor.replay.request(query.pageRequest))
        return try Response.page(ListCursor.replay.answer(page)) { json, view in try json.replay(view) }
    }
}

extension JSONWriter {
    fileprivate mutating func replay(_ view: ReplayView) throws {
        try self.object { json in
            // A dry run is not kept: there is nothing that its id could be used for.
            if !view.request.dryRun { json.member("id", view.id) }
            json.member("status", view.status.rawValue)
            json.member("matched", view.matched)
            json.member("delivered", view.delivered)
            json.member("failed", view.failed)
            if let error = view.error { json.member("error", error) }
            try json.replayRequestMembers(view.request)
            json.time("createdAt", view.createdAt)
            if let finishedAt = view.finishedAt { json.time("finishedAt", finishedAt) }
        }
    }

    private mutating func replayRequestMembers(_ request: ReplayRequest) throws {
        switch request.target {
        case .subscription(let name): self.member("subscription", name)
        case .sink(let url): self.member("sink", url)
        }
        if !request.topics.isEmpty {
            self.array("topics") { json in
                for topic in request.topics { json.element(topic.name) }
            }
        }
        if let from = request.from { self.time("from", from) }
        if let to = request.to { self.time("to", to) }
        if !request.offsets.isEmpty {
            self.array("offsets") { json in
                for range in request.offsets { json.offsetRange(range) }
            }
        }
        if let correlationID = request.correlationID { self.member("correlationid", correlationID) }
        if !request.filters.isEmpty { try self.filters("filters", request.filters) }
        if let rate = request.ratePerSecond { self.member("ratePerSecond", rate) }
        self.member("dryRun", request.dryRun)
    }

    private mutating func offsetRange(_ range: ReplayRequest.OffsetRange) {
        self.object { json in
            json.member("topic", range.topicPartition.topic.name)
            json.member("partition", range.topicPartition.partition.value)
            json.member("from", range.from.value)
            json.member("to", range.to.value)
        }
    }
}
