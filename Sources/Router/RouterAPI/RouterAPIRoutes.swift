import CloudEvents
import EventDispatch
import HTTPServing
import Hummingbird
import Identity

/// The calls that manage subscriptions, replays, dead letters, keys, webhook endpoints, event types and the limits of
/// tenants, and that find, trace and stream events.
///
/// `GET /v1/events` shares its path with the event endpoint, which has its `POST`.
public struct RouterAPIRoutes: RouteProvider {
    /// Gives an event with the data that are parked elsewhere, or as it is, and what to keep until it is no longer in
    /// memory.
    public typealias DataSource = @Sendable (CloudEvent) async -> (event: CloudEvent, hold: (any Sendable)?)

    private let configuration: RouterAPIConfiguration
    private let subscriptions: SubscriptionRoutes
    private let secrets: SubscriptionSecretRoutes
    private let replays: ReplayRoutes
    private let deadLetters: DeadLetterRoutes
    private let keys: KeyRoutes
    private let webhookEndpoints: WebhookEndpointRoutes
    private let tenants: TenantRoutes
    private let eventTypes: EventTypeRoutes
    private let events: EventRoutes
    private let stream: EventStreamRoute

    /// - Parameters:
    ///   - usage: what a tenant uses.
    ///   - audit: told what callers do; nil: nobody is.
    ///   - stands: whether what a principal signed in with is still valid; streams end where it is not.
    ///   - budget: what request bodies are counted against, shared with the other surfaces.
    ///   - data: where the data of a single event come from that are parked; lists and streams show its `dataref`.
    public init(
        subscriptions: any SubscriptionService, replays: any ReplayService, deadLetters: any DeadLetterService,
        keys: any KeyService, events: any EventQueryService, webhookEndpoints: any WebhookEndpointService,
        eventTypes: any EventTypeService, limits: any TenantLimitService,
        usage: @escaping @Sendable (_ tenant: String) async throws(ServiceError) -> TenantUsage,
        audit: AuditJournal? = nil, stands: @escaping @Sendable (Principal) -> Bool = { _ in true },
        budget: InFlightBudget,
        data: @escaping DataSource = { ($0, nil) },
        configuration: RouterAPIConfiguration = RouterAPIConfiguration()
    ) {
        let bodies = JSONBodyReader(RequestBodyReader(bytesMax: configuration.documentBytesMax, budget: budget))
        let acts = ActRecorder(journal: audit)
        self.configuration = configuration
        self.subscriptions = SubscriptionRoutes(
            service: subscriptions, bodies: bodies, networkPolicy: configuration.networkPolicy, acts: acts)
        self.secrets = SubscriptionSecretRoutes(service: subscriptions, bodies: bodies, acts: acts)
        self.replays = ReplayRoutes(
            service: replays, bodies: bodies, networkPolicy: configuration.networkPolicy, acts: acts)
        self.deadLetters = DeadLetterRoutes(service: deadLetters, bodies: bodies, acts: acts)
        self.keys = KeyRoutes(service: keys, bodies: bodies, acts: acts)
        self.webhookEndpoints = WebhookEndpointRoutes(
            service: webhookEndpoints, bodies: bodies, publicURL: configuration.webhookPublicURL, acts: acts)
        self.tenants = TenantRoutes(service: limits, usage: usage, bodies: bodies, acts: acts)
        self.eventTypes = EventTypeRoutes(service: eventTypes, bodies: bodies, acts: acts)
        self.events = EventRoutes(service: events, data: data)
        self.stream = EventStreamRoute(
            service: events,
            slots: EventStreamSlots(
                totalMax: configuration.streamsMax, perTenantMax: configuration.streamsPerTenantMax),
            stands: stands, configuration: configuration)
    }

    /// Registers all routes but the API's own description, see ``OpenAPIRoute``.
    public func addRoutes(to routes: RouteTable) {
        routes.add(middleware: ServiceErrorMiddleware(retryAfterSeconds: self.configuration.retryAfterSeconds))
        self.subscriptions.addRoutes(to: routes)
        self.secrets.addRoutes(to: routes)
        self.replays.addRoutes(to: routes)
        self.deadLetters.addRoutes(to: routes)
        self.keys.addRoutes(to: routes)
        self.webhookEndpoints.addRoutes(to: routes)
        self.tenants.addRoutes(to: routes)
        self.eventTypes.addRoutes(to: routes)
        self.events.addRoutes(to: routes)
        self.stream.addRoutes(to: routes)
    }
}
