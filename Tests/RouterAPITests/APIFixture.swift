import CloudEvents
import EventDispatch
import EventLog
import HTTPServing
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import RouterAPI
import Subscriptions
import Synchronization
import Testing

/// The API over services in memory. Every answer is held against the OpenAPI document.
struct APIFixture {
    let subscriptions = InMemorySubscriptions()
    let replays = InMemoryReplays()
    let keys: InMemoryKeys
    let deadLetters = InMemoryDeadLetters()
    let webhookEndpoints = InMemoryWebhookEndpoints()
    let tenantLimits = InMemoryTenantLimits()
    let eventTypes: InMemoryEventTypes
    let events: InMemoryEvents
    let description: OpenAPIDescription
    private let router: Router<RouterRequestContext>

    init(
        events: InMemoryEvents = InMemoryEvents(), configuration: RouterAPIConfiguration = RouterAPIConfiguration(),
        callers: any CallerResolver = HeaderTenantResolver(), keys: InMemoryKeys = InMemoryKeys(),
        eventTypes: InMemoryEventTypes = InMemoryEventTypes(), audit: AuditJournal? = nil
    ) throws {
        self.events = events
        self.keys = keys
        self.eventTypes = eventTypes
        self.description = try OpenAPIDescription()
        let routes = RouterAPIRoutes(
            subscriptions: self.subscriptions, replays: self.replays, deadLetters: self.deadLetters, keys: self.keys,
            events: events, webhookEndpoints: self.webhookEndpoints, eventTypes: eventTypes,
            limits: self.tenantLimits, usage: self.tenantLimits.usage, audit: audit,
            budget: InFlightBudget(bytesMax: 64 << 20, requestsMax: 100), configuration: configuration)
        self.router = HTTPApplication.makeRouter(routes: [routes, OpenAPIRoute()], callers: callers)
    }

    func send(
        _ method: HTTPRequest.Method, _ uri: String, body: String? = nil, contentType: String? = "application/json",
        tenant: String? = nil, headers: HTTPFields = HTTPFields(), sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        try await self.send(
            method, uri, bytes: body.map { ByteBuffer(string: $0) }, contentType: contentType, tenant: tenant,
            headers: headers, sourceLocation: sourceLocation)
    }

    func send(
        _ method: HTTPRequest.Method, _ uri: String, bytes: ByteBuffer?, contentType: String? = "application/json",
        tenant: String? = nil, headers: HTTPFields = HTTPFields(), sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        var headers = headers
        if bytes != nil, let contentType { headers[.contentType] = contentType }
        if let tenant { headers[try #require(HTTPField.Name("X-Tenant-Id"))] = tenant }
        let answer = try await Application(router: self.router).test(.router) { [headers] client in
            try await client.execute(uri: uri, method: method, headers: headers, body: bytes) { response in
                Answer(status: response.status.code, headers: response.headers, body: response.body)
            }
        }
        try self.check(answer, method, uri, sourceLocation)
        return answer
    }

    private func check(
        _ answer: Answer, _ method: HTTPRequest.Method, _ uri: String, _ sourceLocation: SourceLocation
    ) throws {
        let path = uri.split(separator: "?", omittingEmptySubsequences: false).first.map(String.init) ?? uri
        if answer.status != 405,
            let operation = self.description.operation(method: method.rawValue, path: path)
        {
            let faults = try self.description.faults(of: answer, to: operation)
            #expect(faults.isEmpty, "\(faults)", sourceLocation: sourceLocation)
        }
        guard answer.status >= 400 else { return }
        #expect(answer.header("Content-Type") == "application/problem+json", sourceLocation: sourceLocation)
        let problem = try answer.json()
        #expect(problem["status"]?.int == answer.status, sourceLocation: sourceLocation)
        #expect(problem["type"]?.string?.hasPrefix("urn:portarium:problem:") == true, sourceLocation: sourceLocation)
        #expect(problem["title"]?.string?.isEmpty == false, sourceLocation: sourceLocation)
        #expect(problem["detail"]?.string?.isEmpty == false, sourceLocation: sourceLocation)
    }

    /// Creates a subscription that must be accepted.
    @discardableResult
    func subscribe(_ id: String, tenant: String? = nil) async throws -> Answer {
        let answer = try await self.send(
            .post, "/v1/subscriptions",
            body: #"{"id":"\#(id)","sink":"https://sink.example/in","protocol":"HTTP"}"#, tenant: tenant)
        try #require(answer.status == 201)
        return answer
    }

    static func event(
        _ id: String, source: String = "/shop", type: String = "order.created", subject: String? = nil,
        correlationID: String? = nil, data: String? = nil
    ) -> CloudEvent {
        var event = CloudEvent(id: id, source: source, type: type)
        if let subject { event.attributes.append(name: "subject", value: subject) }
        if let correlationID { event.attributes.append(name: "correlationid", value: correlationID) }
        if let data {
            event.attributes.append(name: "datacontenttype", value: "application/json")
            event.data = ByteBuffer(string: data)
        }
        return event
    }

    static func deadLetter(
        _ id: String, subscription: String = "orders", tenant: String = "default", reason: String = "rejected",
        status: Int? = 400
    ) -> DeadLetter {
        var event = self.event("event-of-\(id)", data: #"{ "amount" : 12.50 }"#)
        event.attributes.set("tenantid", to: tenant)
        return DeadLetter(
            id: id, subscription: subscription, tenant: tenant, event: event, reason: reason, status: status,
            error: status.map { "\($0)" } ?? "timeout", attempts: 3, at: InMemorySubscriptions.created,
            position: Position(TopicPartition(Topic("portarium.events"), Partition(2)), Offset(17)))
    }
}
