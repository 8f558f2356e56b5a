import CloudEvents
import EventDispatch
import EventLog
import Foundation
import HTTPServing
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Ingress
import Logging
import NIOCore
import NIOPosix
import RouterTestKit
import SecretSealing
import ServiceLifecycle
import Synchronization
import Traces
import WebhookSignatures
import Webhooks

/// Webhook endpoints with everything behind them, over a log in memory and without a socket.
public struct WebhookWorld: Sendable {
    /// Remembers what it is told.
    public final class Counter: WebhookObserver {
        private let seen = Mutex<[String]>([])

        public init() {}

        /// `provider outcome` of each, in their order.
        public var outcomes: [String] { self.seen.withLock { $0 } }

        public func webhook(provider: String?, outcome: WebhookOutcome) {
            self.seen.withLock { $0.append("\(provider ?? "unknown") \(outcome.name)") }
        }
    }

    /// How a request is sent.
    public enum Method: String, Sendable {
        case post = "POST"
        case options = "OPTIONS"
        case get = "GET"
    }

    /// An event and where it is.
    public struct Stored: Sendable {
        public var topic: Topic
        public var event: CloudEvent
    }

    /// What a webhook is answered with.
    public struct Answer: Sendable {
        public var status: Int
        public var text: String
        /// By names in small letters.
        public var headers: [String: String]
    }

    public static let key = SecretKeyring.makeKey()
    public static let webhooks = Topic("portarium.webhooks")
    public static let events = Topic("portarium.events")

    public let log: InMemoryEventLog
    public let endpoints: LogWebhookEndpointService
    public let counter: Counter
    public let spool: WebhookSpool?
    private let deliveries: WebhookDeliveries
    public let lines: LogLines
    private let application: Application<HTTPApplication.Responder>
    private let now: NowBox

    /// A clock that stands still until it is told.
    private final class NowBox: Sendable {
        let milliseconds = Mutex<Int64>(Int64(Date().timeIntervalSince1970 * 1_000))
    }

    /// A log with the topics that webhooks need.
    public static func makeLog() async throws -> InMemoryEventLog {
        let log = InMemoryEventLog()
        for topic in [Self.webhooks, Self.events] {
            try await log.createTopic(TopicSpecification(topic: topic, partitions: 2))
        }
        for topic in WebhookServiceConfiguration().topics { try await log.createTopic(topic) }
        return log
    }

    /// Starts everything, runs `body`, and ends everything as a crash would.
    /// - Parameters:
    ///   - keys: what secrets are sealed with; nil: nothing.
    ///   - store: a disk for what the log does not take; nil: there is none.
    ///   - patience: how long the log is waited for, in milliseconds.
    ///   - replica: another view of the log, which others share.
    ///   - tracer: takes part in traces.
    public static func with(
        _ log: InMemoryEventLog? = nil, keys: String? = Self.key, at milliseconds: Int64? = nil,
        sharedBy replica: ReplicaEventLog? = nil, spooledOn store: (any SpoolStore)? = nil, patience: Int64 = 60_000,
        endpointsMax: Int = 1_000, tracer: Tracer? = nil, meters: TenantMeters? = nil,
        _ change: (inout WebhookIntakeConfiguration) -> Void = { _ in },
        _ body: (WebhookWorld) async throws -> Void
    ) async throws {
        let log = if let log { log } else { try await Self.makeLog() }
        let seen: any EventLog = if let replica { replica } else { log }
        let lines = LogLines()
        var verbose = lines.logger
        verbose.logLevel = .trace
        let logger = verbose
        var service = WebhookServiceConfiguration()
        service.endpointsPerTenantMax = endpointsMax
        let endpoints = LogWebhookEndpointService(
            configuration: service, log: seen, keyring: try keys.map { try SecretKeyring($0) }, logger: logger)
        let deliveries = WebhookDeliveries(entriesMax: 1_000)
        let follower = WebhookDeliveryFollower(
            log: seen, topic: WebhookServiceConfiguration().deliveryTopic, deliveries: deliveries, logger: logger)
        try await endpoints.load()
        try await follower.load()
        let queue = EventIntakeQueue(writer: seen)
        var configuration = WebhookIntakeConfiguration()
        change(&configuration)
        let spool = store.map { store in
            Self.spool(store, writer: seen, deliveries, configuration.deliveryTopic, patience, logger)
        }
        try spool?.load()
        let now = NowBox()
        if let milliseconds { now.milliseconds.withLock { $0 = milliseconds } }
        let counter = Counter()
        let ids = CorrelationIDGenerator(seeds: (1, 2))
        let intake = EventIntake(
            writer: seen,
            routing: RoutingTable(
                entries: [.init(typePrefix: "com.", topic: Self.webhooks)], defaultTopic: Self.events),
            correlationID: { ids.next(at: $0) }, tracer: tracer)
        let routes = WebhookRoutes(
            configuration: configuration, endpoints: endpoints,
            intake: WebhookIntake(
                configuration: configuration, intake: intake, queue: queue, deliveries: deliveries, spool: spool,
                eventLoops: MultiThreadedEventLoopGroup.singleton),
            bodies: RequestBodyReader(
                bytesMax: 4 << 20, budget: InFlightBudget(bytesMax: 64 << 20, requestsMax: 1_000)),
            meters: meters, observer: counter, clock: { Timestamp(milliseconds: now.milliseconds.withLock { $0 }) })
        let world = WebhookWorld(
            log: log, endpoints: endpoints, counter: counter, spool: spool, deliveries: deliveries, lines: lines,
            application: HTTPApplication.make(
                configuration: ServingConfiguration(), routes: [routes], logger: logger),
            now: now)
        let services: [(any Service)?] = [queue, endpoints, follower, spool]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services.compactMap(\.self) { group.addTask { try await service.run() } }
            defer { group.cancelAll() }
            try await body(world)
        }
    }

    private static func spool(
        _ store: any SpoolStore, writer: any EventLogWriter, _ deliveries: WebhookDeliveries, _ topic: Topic,
        _ patience: Int64, _ logger: Logger
    ) -> WebhookSpool {
        var limits = SpoolLimits()
        limits.patience = patience
        limits.pauseMax = 200
        return WebhookSpool(
            limits: limits, store: store, writer: writer, deliveries: deliveries, deliveryTopic: topic,
            eventLoop: MultiThreadedEventLoopGroup.singleton.next(), logger: logger)
    }

    /// Deliveries that would be known again.
    public var knownDeliveries: Int { self.deliveries.count }

    /// What time it is for whoever judges webhooks, in seconds since 1970.
    public var seconds: Int64 { self.now.milliseconds.withLock { $0 } / 1_000 }

    /// Lets time pass.
    public func pass(seconds: Int64) { self.now.milliseconds.withLock { $0 += seconds * 1_000 } }

    /// Makes an endpoint of the tenant `t` and gives its id.
    @discardableResult
    public func endpoint(
        _ provider: String, secrets: [String], id: String = "", tenant: String = "t",
        _ change: (inout WebhookEndpoint) throws -> Void = { _ in }
    ) async throws -> String {
        guard let known = WebhookProvider.named(provider) else { return "" }
        var endpoint = WebhookEndpoint(id: id, tenant: tenant, provider: known)
        try change(&endpoint)
        return try await self.endpoints.create(WebhookEndpointRequest(endpoint: endpoint, secrets: secrets))
            .endpoint.id
    }

    /// Sends one webhook.
    public func post(
        _ id: String, _ body: String, _ headers: [(String, String)], query: String = "",
        method: Method = .post
    ) async throws -> Answer {
        var fields = HTTPFields()
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        return try await self.application.test(.router) { [fields] client in
            try await client.execute(
                uri: "/v1/webhooks/\(id)\(query)", method: HTTPRequest.Method(rawValue: method.rawValue) ?? .post,
                headers: fields,
                body: ByteBuffer(string: body)
            ) { response in
                Answer(
                    status: response.status.code, text: String(buffer: response.body),
                    headers: Dictionary(
                        response.headers.map { ($0.name.canonicalName, $0.value) }, uniquingKeysWith: { $1 }))
            }
        }
    }

    /// All events that are there, topic by topic and partition by partition.
    public func stored() throws -> [Stored] {
        var found: [Stored] = []
        for topic in [Self.webhooks, Self.events] {
            for partition in 0..<Int32(2) {
                for element in self.log.records(of: TopicPartition(topic, Partition(partition))) {
                    found.append(Stored(topic: topic, event: try element.record.cloudEvent()))
                }
            }
        }
        return found
    }

    /// Everything that the log holds, as text: for whoever looks for what must not be there.
    public var everything: String {
        var text = ""
        let topics = [Self.webhooks, Self.events] + WebhookServiceConfiguration().topics.map(\.topic)
        for topic in topics {
            for partition in 0..<Int32(2) {
                for element in self.log.records(of: TopicPartition(topic, Partition(partition))) {
                    text += element.record.key.map { String(buffer: $0) } ?? ""
                    text += String(buffer: element.record.headers.bytes)
                    text += element.record.value.map { String(buffer: $0) } ?? ""
                }
            }
        }
        return text
    }
}
