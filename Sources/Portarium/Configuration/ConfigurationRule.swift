/// What must hold between two settings.
struct ConfigurationRule: Sendable {
    /// The settings it speaks of; a breach is shown at the one that was set.
    let keys: [String]
    /// One sentence with the mend.
    let message: String
    let holds: @Sendable (RouterConfiguration) -> Bool

    /// All of them.
    static let all: [ConfigurationRule] = [
        ConfigurationRule(
            keys: ["server.inFlightBytesMax", "server.bodyBytesMax"],
            message: "server.inFlightBytesMax must not be less than server.bodyBytesMax: a large body would never fit",
            holds: { $0.server.inFlightBytesMax >= $0.server.bodyBytesMax }),
        ConfigurationRule(
            keys: ["server.bodyTimeoutMaxMilliseconds", "server.bodyTimeoutMilliseconds"],
            message: "server.bodyTimeoutMaxMilliseconds must not be less than server.bodyTimeoutMilliseconds",
            holds: { $0.server.bodyTimeoutMaxMilliseconds >= $0.server.bodyTimeoutMilliseconds }),
        ConfigurationRule(
            keys: ["limits.eventBytesMax", "server.bodyBytesMax"],
            message:
                "limits.eventBytesMax must not be more than server.bodyBytesMax: no request could carry such an event",
            holds: { $0.limits.eventBytesMax <= $0.server.bodyBytesMax }),
        ConfigurationRule(
            keys: ["dispatch.windowBytesMax", "limits.eventBytesMax"],
            message:
                "dispatch.windowBytesMax must not be less than limits.eventBytesMax: a large event would never be sent",
            holds: { $0.dispatch.windowBytesMax >= $0.limits.eventBytesMax }),
        ConfigurationRule(
            keys: ["dispatch.heldBytesMax", "dispatch.windowBytesMax"],
            message: "dispatch.heldBytesMax must not be less than dispatch.windowBytesMax",
            holds: { $0.dispatch.heldBytesMax >= $0.dispatch.windowBytesMax }),
        ConfigurationRule(
            keys: ["dispatch.circuitOpenDelayMinMilliseconds", "dispatch.circuitOpenDelayMaxMilliseconds"],
            message: "dispatch.circuitOpenDelayMinMilliseconds must not be more than "
                + "dispatch.circuitOpenDelayMaxMilliseconds",
            holds: { $0.dispatch.circuitOpenDelayMinMilliseconds <= $0.dispatch.circuitOpenDelayMaxMilliseconds }),
        ConfigurationRule(
            keys: ["log.appendQueueBytesMax", "limits.eventBytesMax"],
            message:
                "log.appendQueueBytesMax must not be less than limits.eventBytesMax: a large event would never fit",
            holds: { $0.log.appendQueueBytesMax >= $0.limits.eventBytesMax }),
    ]
}
