import CloudEvents
import EventDispatch
import EventLog
import HTTPServing
import HTTPTypes
import Hummingbird
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
    let configuration: RouterAPIConfiguration

    func addRoutes(to routes: RouteTable) {
        routes.get("v1/events/stream", use: self.stream)
    }

    @Sendable private func stream(_ request: Request, _ context: RouterRequestContext) async throws -> Response {
        let parameters = try QueryParameters(of: request, names: ["filter", "from", "lastEventId"])
        let filter = try parameters.text("filter")
        guard (filter?.utf8.count ?? 0) <= Self.filterBytesMax else {
            throw QueryParameters.fault("filter", "must have at most \(Self.filterBytesMax) bytes")
        }
        let start = try Self.start(parameters)
        let resume = try Self.cursor(of: request, parameters)
        let slot = try self.slots.acquire(tenant: context.tenant)
        let events = try await self.service.stream(
            tenant: context.tenant, filter: filter.map(Filter.sql), from: start, resume: resume)
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: self.body(of: request, events: events, slot: slot))
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

    /// The header is what a browser sets when it connects again, so it is newer than what the address says.
    private static func cursor(
        of request: Request, _ parameters: QueryParameters
    ) throws(ProblemError) -> String? {
        if let name = self.lastEventIDField, let cursor = request.headers[name], !cursor.isEmpty {
            guard cursor.utf8.count <= self.cursorBytesMax else {
                let detail = "must have at most \(self.cursorBytesMax) bytes"
                throw ProblemError(
                    .invalidRequest, "Last-Event-ID \(detail)",
                    errors: [.init(pointer: "header:last-event-id", detail: detail)])
            }
            return cursor
        }
        guard let cursor = try parameters.text("lastEventId") else { return nil }
        guard cursor.utf8.count <= self.cursorBytesMax else {
            throw QueryParameters.fault("lastEventId", "must have at most \(self.cursorBytesMax) bytes")
        }
        return cursor
    }

    /// Ends with the source, with the client's connection, or with the server: whichever is first.
    private func body(
        of request: Request, events: AsyncThrowingStream<[StreamedEvent], any Error>, slot: EventStreamSlots.Slot
    ) -> ResponseBody {
        let configuration = self.configuration
        return ResponseBody { writer in
            defer { slot.release() }
            let feed = EventStreamFeed(configuration: configuration)
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
