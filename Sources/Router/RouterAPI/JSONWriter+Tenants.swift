import EventDispatch
import TenantLimits

extension JSONWriter {
    /// The limits in force, and which of them are the tenant's own.
    mutating func tenantLimits(_ view: TenantLimitView) {
        self.object { json in
            json.member("tenant", view.tenant)
            for limit in TenantLimit.allCases { json.member(Self.name(of: limit), view.limits[limit]) }
            json.array("overridden") { json in
                for limit in TenantLimit.allCases where view.overrides[limit] != nil { json.element(limit.rawValue) }
            }
            if let time = view.updatedAt { json.time("updatedAt", time) }
        }
    }

    /// What is used, beside what may be.
    mutating func tenantUsage(_ usage: TenantUsage) {
        self.object { json in
            json.member("tenant", usage.tenant)
            json.rate(.eventsPerSecond, usage.events, usage.limits)
            json.rate(.bytesPerSecond, usage.bytes, usage.limits)
            for limit in [TenantLimit.subscriptions, .endpoints, .inFlight, .deadLetters] {
                json.object(Self.name(of: limit)) { json in
                    json.member("current", usage.counts[limit] ?? 0)
                    json.member("limit", usage.limits[limit])
                }
            }
            json.object("accepted") { json in
                json.member("events", usage.events.accepted)
                json.member("bytes", usage.bytes.accepted)
            }
            json.object("throttled") { json in
                json.member("requests", usage.throttledRequests)
                json.member("events", usage.throttledEvents)
            }
        }
    }

    private mutating func rate(_ limit: TenantLimit, _ rate: TenantUsage.Rate, _ limits: TenantLimits) {
        self.object(Self.name(of: limit)) { json in
            json.member("current", (rate.perSecond * 10).rounded() / 10)
            json.member("limit", limits[limit])
            if let available = rate.available { json.member("available", available) }
        }
    }

    private static func name(of limit: TenantLimit) -> StaticString {
        switch limit {
        case .eventsPerSecond: "eventsPerSecond"
        case .bytesPerSecond: "bytesPerSecond"
        case .eventsBurst: "eventsBurst"
        case .bytesBurst: "bytesBurst"
        case .subscriptions: "subscriptions"
        case .endpoints: "endpoints"
        case .inFlight: "inFlight"
        case .deadLetters: "deadLetters"
        case .weight: "weight"
        }
    }
}
