extension ConfigurationKey {
    /// The settings of ``RouterConfiguration/Tenants``.
    static let tenants: [ConfigurationKey] = [
        .integer(
            "limits.tenantEventsPerSecond", \.tenants.eventsPerSecond, 0...1_000_000_000,
            "Events a second of one tenant without limits of its own; more are answered with 429. 0 is no limit."),
        .integer(
            "limits.tenantEventsBurst", \.tenants.eventsBurst, 0...1_000_000_000,
            "Events of such a tenant that may come at once after a quiet time; 0 is as many as a second allows."),
        .integer(
            "limits.tenantBytesPerSecond", \.tenants.bytesPerSecond, 0...1_000_000_000_000,
            "Bytes a second of such a tenant's requests with events; more are answered with 429. 0 is no limit."),
        .integer(
            "limits.tenantBytesBurst", \.tenants.bytesBurst, 0...1_000_000_000_000,
            "Bytes of such a tenant that may come at once after a quiet time; 0 is as many as a second allows."),
        .integer(
            "limits.tenantSubscriptionsMax", \.tenants.subscriptionsMax, 1...1_000_000,
            "Subscriptions of one tenant without a limit of its own; more are answered with 429."),
        .integer(
            "limits.tenantDeadLettersMax", \.tenants.deadLettersMax, 0...1_000_000_000,
            "Dead letters kept of one tenant without a limit of its own; at the limit a subscription that would make "
                + "another one is suspended. 0 is no limit."),
        .integer(
            "limits.replicas", \.tenants.replicas, 1...1_000,
            "Processes that take events and share the rates of tenants: each allows its part."),
    ]
}
