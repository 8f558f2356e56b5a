/// Everything that takes bytes from outside apart, with what must hold whatever the bytes are.
public enum FuzzTarget: String, CaseIterable, Sendable {
    /// One event in the JSON format.
    case event
    /// A batch in the JSON format.
    case batch
    /// Lines of headers, an empty line, a body: binary mode over HTTP.
    case httpMessage
    /// The same lines as a record of the log, binary or structured.
    case kafkaRecord
    /// The packed headers of a record.
    case recordHeaders
    case contentType
    case timestamp
    /// A CloudEvents SQL expression.
    case expression
    /// A filter of the Subscriptions API.
    case filter
    /// A subscription of the Subscriptions API.
    case subscription
    /// A JSON Schema in one line, and behind it a value.
    case schema
    /// Two JSON Schemas in a line each, the newer below, and behind them a value.
    case compatibility
    /// A pattern of a JSON Schema in one line, and behind it a text.
    case pattern
    /// The host of a URL.
    case host
    /// A network in the configuration.
    case network
    /// A provider, a template, and the webhook that they make an event of.
    case webhook
    /// A delivery on the disk.
    case spooledDelivery
    /// A `traceparent` in one line, and behind it a `tracestate`.
    case traceHeaders
    /// What a collector answers, as JSON and as protobuf.
    case exportAnswer
    /// A transform in one line, and behind it the data of an event.
    case transform

    /// What became of some bytes.
    public enum Outcome: Sendable, Hashable {
        case accepted
        case refused
        /// Something that must hold does not: what.
        case violated(String)
    }

    /// Feeds the bytes to the target.
    public func outcome(of bytes: [UInt8]) -> Outcome {
        switch self {
        case .event: Self.event(bytes)
        case .batch: Self.batch(bytes)
        case .httpMessage: Self.httpMessage(bytes)
        case .kafkaRecord: Self.kafkaRecord(bytes)
        case .recordHeaders: Self.recordHeaders(bytes)
        case .contentType: Self.contentType(bytes)
        case .timestamp: Self.timestamp(bytes)
        case .expression: Self.expression(bytes)
        case .filter: Self.filter(bytes)
        case .subscription: Self.subscription(bytes)
        case .schema: Self.schema(bytes)
        case .compatibility: Self.compatibility(bytes)
        case .pattern: Self.pattern(bytes)
        case .host: Self.host(bytes)
        case .network: Self.network(bytes)
        case .webhook: Self.webhook(bytes)
        case .spooledDelivery: Self.spooledDelivery(bytes)
        case .traceHeaders: Self.traceHeaders(bytes)
        case .exportAnswer: Self.exportAnswer(bytes)
        case .transform: Self.transform(bytes)
        }
    }
}
