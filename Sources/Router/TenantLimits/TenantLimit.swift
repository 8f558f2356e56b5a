/// Something that a tenant has a limit of. The raw value is its name in documents.
public enum TenantLimit: String, Sendable, Hashable, CaseIterable {
    /// Events that come in, a second.
    case eventsPerSecond
    /// Bytes of request bodies with events, a second.
    case bytesPerSecond
    /// Events that may come at once after a quiet time; 0: as many as a second allows.
    case eventsBurst
    /// Bytes that may come at once after a quiet time; 0: as many as a second allows.
    case bytesBurst
    /// Subscriptions that there are.
    case subscriptions
    /// Webhook endpoints that there are.
    case endpoints
    /// Deliveries in flight.
    case inFlight
    /// Dead letters that are kept.
    case deadLetters
    /// The share in what is sent and read while not all can be.
    case weight

    /// What it may be set to. 0, where it is allowed, is no limit, or for a burst its default.
    public var range: ClosedRange<Int> {
        switch self {
        case .eventsPerSecond, .eventsBurst: 0...1_000_000_000
        case .bytesPerSecond, .bytesBurst: 0...1_000_000_000_000
        case .subscriptions: 1...1_000_000
        case .endpoints: 1...100_000
        case .inFlight: 1...65_536
        case .deadLetters: 0...1_000_000_000
        case .weight: 1...1_000
        }
    }

    /// What is counted, for people.
    public var noun: String {
        switch self {
        case .eventsPerSecond: "events a second"
        case .bytesPerSecond: "bytes a second"
        case .eventsBurst: "events at once"
        case .bytesBurst: "bytes at once"
        case .subscriptions: "subscriptions"
        case .endpoints: "webhook endpoints"
        case .inFlight: "deliveries in flight"
        case .deadLetters: "dead letters"
        case .weight: "shares"
        }
    }
}
