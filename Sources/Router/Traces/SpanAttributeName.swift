/// What the router says of spans: the names of OpenTelemetry's semantic conventions for HTTP, messaging and
/// CloudEvents, and two of its own.
///
/// No name of a whole URL, a header, a query or a body is among them: those may hold secrets.
public enum SpanAttributeName: String, Sendable, CaseIterable {
    case requestMethod = "http.request.method"
    case responseStatus = "http.response.status_code"
    case route = "http.route"
    case requestBodySize = "http.request.body.size"
    /// Which try it is, counted from 1 for the first repetition.
    case resendCount = "http.request.resend_count"
    case urlScheme = "url.scheme"
    case serverAddress = "server.address"
    case serverPort = "server.port"
    case errorType = "error.type"

    /// `kafka`, or `portarium` for the embedded log.
    case messagingSystem = "messaging.system"
    case operationName = "messaging.operation.name"
    case operationType = "messaging.operation.type"
    /// The topic.
    case destinationName = "messaging.destination.name"
    case partition = "messaging.destination.partition.id"
    case subscription = "messaging.destination.subscription.name"
    case batchCount = "messaging.batch.message_count"
    case messageID = "messaging.message.id"
    /// The event's `correlationid`.
    case conversationID = "messaging.message.conversation_id"

    case eventID = "cloudevents.event_id"
    case eventSource = "cloudevents.event_source"
    case eventSpecVersion = "cloudevents.event_spec_version"
    case eventType = "cloudevents.event_type"
    case eventSubject = "cloudevents.event_subject"

    case tenant = "portarium.tenant"
    /// The replay that an attempt belongs to.
    case replay = "portarium.replay.id"
}
