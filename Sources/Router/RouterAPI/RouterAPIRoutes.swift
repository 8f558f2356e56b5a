import CloudEvents
import EventDispatch
import HTTPServing
import Hummingbird

/// The calls that manage subscriptions, replays and dead letters, and that find, trace and stream events.
///
/// `GET /v1/events` shares its path with the event endpoint, which has its `POST`.
public struct RouterAPIRoutes: RouteProvider {
    /// Gives an event with the data that are parked elsewhere, or as it is, and what to keep until it is no longer in
    /// memory.
    public typealias DataSource = @Sendable (CloudEvent) async -> (event: CloudEvent, hold: (any Sendable)?)

    private let configuration: RouterAPIConfiguration
    private let subscriptions: SubscriptionRoutes
    private let replays: ReplayRoutes
    private let deadLetters: DeadLetterRoutes
    private let events: EventRoutes
    private let stream: EventStreamRoute

    /// - Parameters:
    ///   - budget: what request bodies are counted against, shared with the other surfaces.
    ///   - data: where the data of a single event come from that are parked; lists and streams show its `dataref`.
    public init(
        subscriptions: any SubscriptionService, replays: any ReplayService, deadLetters: any DeadLetterService,
        events: any EventQueryService, budget: InFlightBudget, data: @escaping DataSource = { ($0, nil) },
        configuration: RouterAPIConfiguration = RouterAPIConfiguration()
    ) {
        let bodies = JSONBodyReader(RequestBodyReader(bytesMax: configuration.documentBytesMax, budget: budget))
        self.configuration = configuration
        self.subscriptions = SubscriptionRoutes(
            service: subscriptions, bodies: bodies, networkPolicy: configuration.networkPolicy)
        self.replays = ReplayRoutes(
            service: replays, bodies: bodies, networkPolicy: configuration.networkPolicy)
        self.deadLetters = DeadLetterRoutes(service: deadLetters, bodies: bodies)
        self.events = EventRoutes(service: events, data: data)
        self.stream = EventStreamRoute(
            service: events,
            slots: EventStreamSlots(
                totalMax: configuration.streamsMax, perTenantMax: configuration.streamsPerTenantMax),
            configuration: configuration)
    }

    /// Registers all routes but the API's own description, see ``OpenAPIRoute``.
    public func addRoutes(to routes: RouteTable) {
        routes.add(middleware: ServiceErrorMiddleware(retryAfterSeconds: self.configuration.retryAfterSeconds))
        self.subscriptions.addRoutes(to: routes)
        self.replays.addRoutes(to: routes)
        self.deadLetters.addRoutes(to: routes)
        self.events.addRoutes(to: routes)
        self.stream.addRoutes(to: routes)
    }
}
