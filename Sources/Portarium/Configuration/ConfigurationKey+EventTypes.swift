extension ConfigurationKey {
    /// The settings of ``RouterConfiguration/EventTypes``.
    static let eventTypes: [ConfigurationKey] = [
        .integer(
            "eventTypes.schemaBytesMax", \.eventTypes.schemaBytesMax, 256...262_144,
            "Bytes of the schema of an event type."),
        .integer(
            "eventTypes.typesPerTenantMax", \.eventTypes.typesPerTenantMax, 1...100_000,
            "Event types of one tenant; more are answered with 429."),
        .integer(
            "eventTypes.versionsMax", \.eventTypes.versionsMax, 1...1_000,
            "Versions of an event type's schema that are kept; beyond them the oldest go."),
        .integer(
            "eventTypes.validationStepsMax", \.eventTypes.validationStepsMax, 1_000...100_000_000,
            "Steps that the validation of one event's data may take; the events of one request may take a hundred "
                + "times as many. What takes more is a violation."),
        .integer(
            "eventTypes.comparisonStepsMax", \.eventTypes.comparisonStepsMax, 1_000...100_000_000,
            "Steps that the comparison of two schemas may take; schemas that take more are not compatible."),
        .integer(
            "eventTypes.directBodyBytesMax", \.eventTypes.directBodyBytesMax, 0...1_048_576,
            "Where a tenant's events are judged by schemas, requests with more bytes, and batches, are judged beside "
                + "the event loops, so that nobody waits for them."),
    ]
}
