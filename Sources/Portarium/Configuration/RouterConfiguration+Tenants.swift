import TenantLimits

extension RouterConfiguration {
    /// What a tenant may use that has no limits of its own.
    struct Tenants: Sendable, Hashable {
        /// 0 is no limit, `0...1000000000`. Default 0.
        var eventsPerSecond = 0
        /// 0 is as many as a second allows, `0...1000000000`. Default 0.
        var eventsBurst = 0
        /// 0 is no limit, `0...1000000000000`. Default 0.
        var bytesPerSecond = 0
        /// 0 is as many as a second allows, `0...1000000000000`. Default 0.
        var bytesBurst = 0
        /// `1...1000000`. Default 100,000.
        var subscriptionsMax = 100_000
        /// 0 is no limit, `0...1000000000`. Default 0.
        var deadLettersMax = 0
        /// Processes that share the rates, `1...1000`. Default 1.
        var replicas = 1
    }

    /// Limits of tenants that have none of their own.
    var tenantLimits: TenantLimits {
        var limits = TenantLimits()
        limits[.eventsPerSecond] = self.tenants.eventsPerSecond
        limits[.eventsBurst] = self.tenants.eventsBurst
        limits[.bytesPerSecond] = self.tenants.bytesPerSecond
        limits[.bytesBurst] = self.tenants.bytesBurst
        limits[.subscriptions] = self.tenants.subscriptionsMax
        limits[.endpoints] = self.webhooks.endpointsPerTenantMax
        limits[.inFlight] = self.dispatch.inFlightPerTenantMax
        limits[.deadLetters] = self.tenants.deadLettersMax
        return limits
    }
}
