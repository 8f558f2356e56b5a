extension MetricName {
    /// ``help`` of what callers send.
    var helpOfIngress: String {
        switch self {
        case .ingressEvents: "Events accepted and durably in the log."
        case .ingressBytes: "Bytes of request bodies whose events were accepted."
        case .ingressRefused: "Requests to publish that were refused."
        case .accessRefused: "Calls that were refused for who made them."
        case .ingressDuration: "From a request's head to its answer."
        case .ingressInFlight: "Requests to publish that are not answered yet."
        case .eventTypeViolations: "Events whose data are not what the schema of their type asks for."
        case .eventTypesJudged: "Event types whose events are judged by a schema."
        default: ""
        }
    }
}
