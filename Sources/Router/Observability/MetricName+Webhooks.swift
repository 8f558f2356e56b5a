extension MetricName {
    /// ``help`` of what comes in from providers.
    var helpOfWebhooks: String {
        switch self {
        case .webhooks: "Webhooks, by what became of them."
        case .webhookDeliveriesRemembered: "Accepted deliveries that would be known again."
        case .webhookDeliveriesForgotten: "Deliveries that were forgotten before their window ended."
        case .webhookSpoolDeliveries: "Webhooks that wait on the disk for the log."
        case .webhookSpoolBytes: "Bytes of webhooks on the disk."
        case .webhookSpoolOldestAge: "How long the oldest webhook has waited on the disk."
        case .webhookSpoolSetAside: "Webhooks on the disk that cannot be read, or that the log never takes."
        case .webhooksSpooled: "Webhooks accepted onto the disk because the log did not take them."
        case .webhooksDrained: "Webhooks that left the disk, by whether the log had them already."
        case .webhookSpoolRefused: "Webhooks that neither the log nor the disk took."
        default: ""
        }
    }
}
