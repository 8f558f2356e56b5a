extension RouterConfiguration {
    /// Types of events with the schemas of their data.
    struct EventTypes: Sendable, Hashable {
        /// Bytes of one schema, `256...262144`. Default 64 KiB.
        var schemaBytesMax = 65_536
        /// Types of one tenant, `1...100000`. Default 1,000.
        var typesPerTenantMax = 1_000
        /// Versions of one type that are kept, `1...1000`. Default 20.
        var versionsMax = 20
        /// Steps of the validation of one event, `1000...100000000`. Default 100,000.
        var validationStepsMax = 100_000
        /// Steps of the comparison of two schemas, `1000...100000000`. Default 200,000.
        var comparisonStepsMax = 200_000
        /// Bytes of a request that is judged on its event loop, `0...1048576`. Default 16 KiB.
        var directBodyBytesMax = 16_384
    }
}
