import CloudEvents
import EventDispatch
import EventLog
import HTTPServing
import HTTPTypes
import Hummingbird
import Identity
import ServiceLifecycle
import Subscriptions

/// `GET /v1/events/stream`.
struct EventStreamRoute: Sendable {
    /// Bytes of a filter expression at most.
    static let filterBytesMax = 8_192
    /// Bytes of a cursor at most.
    static let cursorBytesMax = PageParameters.cursorBytesMax

    private static let lastEventIDField = HTTPField.Name("Last-Event-ID")

    let service: any EventQueryService
    let slots: EventStreamSlots
    let stands: @Sendable (Principal) -> Bool
    let configuration: RouterAPIConfiguration

    func addRoutes(to routes: RouteTable) {
        routes.get("v1/events/stream", use: self.stream)
    }

    @Sendable private func stream(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let parameters = try QueryParameters(of: request, names: ["filter", "from", "lastEventId"])
        let filter = try Self.filter(parameters)
        let start = try Self.start(parameters)
        let resume = try Self.cursor(of: request, parameters)
        let slot = try self.slots.acquire(tenant: context.tenant)
        let events: AsyncThrowingStream<[StreamedEvent], any Error>
        do {
            events = try await self.service.stream(
                tenant: context.tenant, filter: filter, from: start, resume: resume?.text)
        } catch {
            guard let resume else { throw error }
            throw resume.named(error)
        }
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: self.body(of: request, for: context.caller?.principal, events: events, slot: slot))
    }

    private static func start(
        _ parameters: QueryParameters
    ) throws(ProblemError) -> SubscriptionConfiguration.Start {
        switch try parameters.text("from") {
        case nil, "latest": return .latest
        case "earliest": return .earliest
        default:
            guard let time = try? parameters.timestamp("from") else {
                throw QueryParameters.fault("from", "must be 'latest', 'earliest' or an RFC 3339 time")
            }
            return .time(milliseconds: time.milliseconds)
        }
    }

    /// - Throws: 400 for an expression that is no CESQL, or calls a function that CESQL does not have: the stream would
    ///   be empty for ever.
    private static func filter(_ parameters: QueryParameters) throws(ProblemError) -> Filter? {
        guard let text = try parameters.text("filter") else { return nil }
        guard text.utf8.count <= self.filterBytesMax else {
            throw QueryParameters.fault("filter", "must have at most \(self.filterBytesMax) bytes")
        }
        let missing: (name: String, mend: String)?
        do throws(FilterError) {
            missing = try CompiledFilter(.sql(text)).missingFunctions.first
        } catch {
            throw QueryParameters.fault("filter", error.detail)
        }
        if let missing {
            throw QueryParameters.fault("filter", "calls \(missing.name), which CESQL does not have: \(missing.mend)")
        }
        return .sql(text)
    }

    /// A cursor, and where in the request it stood.
    private struct Resumption {
        let text: String
        let pointer: String

        /// The service does not know where its cursor came from.
        func named(_ error: ServiceError) -> ServiceError {
            var error = error
            for index in error.errors.indices where error.errors[index].pointer == "cursor" {
                error.errors[index].pointer = self.pointer
            }
            return error
        }
    }

    /// The header is what a browser sets when it connects again, so it is newer than what the address says.
    private static func cursor(
        of request: Request, _ parameters: QueryParameters
    ) throws(ProblemError) -> Resumption? {
        if let name = self.lastEventIDField, let cursor = request.headers[name], !cursor.isEmpty {
            guard cursor.utf8.count <= self.cursorBytesMax else {
                let detail = "must have at most \(self.cursorBytesMax) bytes"
                throw ProblemError(
                    .invalidRequest, "Last-Event-ID \(detail)",
                    errors: [.init(pointer: "header:last-event-id", detail: detail)])
            }
            return Resumption(text: cursor, pointer: "header:last-event-id")
        }
        guard let cursor = try parameters.text("lastEventId") else { return nil }
        guard cursor.utf8.count <= self.cursorBytesMax else {
            throw QueryParameters.fault("lastEventId", "must have at most \(self.cursorBytesMax) bytes")
        }
        return Resumption(text: cursor, pointer: "lastEventId")
    }

    /// Ends with the source, with the client's connection, with the credential, or with the server: whichever is first.
    private func body(
        of request: Request, for principal: Principal?,
        events: AsyncThrowingStream<[StreamedEvent], any Error>, slot: EventStreamSlots.Slot
    ) -> ResponseBody {
        let (configuration, stands) = (self.configuration, self.stands)
        return ResponseBody { writer in
            defer { slot.release() }
            let feed = EventStreamFeed(configuration: configuration) { principal.map(stands) ?? true }
            try await request.body.consumeWithInboundCloseHandler { _ in
                try await withGracefulShutdownHandler {
                    try await feed.run(events, to: &writer)
                } onGracefulShutdown: {
                    feed.end()
                }
            } onInboundClosed: {
                feed.end()
            }
            try await writer.finish(nil)
        }
    }
}
