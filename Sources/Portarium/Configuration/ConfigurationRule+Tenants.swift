extension ConfigurationRule {
    static let tenants: [ConfigurationRule] = [
        ConfigurationRule(
            keys: ["limits.tenantEventsBurst", "limits.tenantEventsPerSecond"],
            message:
                "limits.tenantEventsBurst needs limits.tenantEventsPerSecond: without a rate all may come at once",
            holds: { $0.tenants.eventsBurst == 0 || $0.tenants.eventsPerSecond > 0 }),
        ConfigurationRule(
            keys: ["limits.tenantBytesBurst", "limits.tenantBytesPerSecond"],
            message:
                "limits.tenantBytesBurst needs limits.tenantBytesPerSecond: without a rate all may come at once",
            holds: { $0.tenants.bytesBurst == 0 || $0.tenants.bytesPerSecond > 0 }),
    ]
}
