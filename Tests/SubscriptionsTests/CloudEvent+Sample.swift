import CloudEvents

extension CloudEvent {
    /// A valid event with these attributes besides, or instead of, the required ones. Values keep their type.
    static func sample(_ attributes: KeyValuePairs<String, any Sendable> = [:], tenant: String? = "acme") -> CloudEvent
    {
        var event = CloudEvent(id: "1", source: "/orders", type: "com.example.order.created")
        if let tenant { event.attributes.append(name: "tenantid", value: tenant) }
        for (name, value) in attributes {
            switch value {
            case let flag as Bool: event.attributes.set(name, to: flag ? "true" : "false", kind: .boolean)
            case let number as Int: event.attributes.set(name, to: String(number), kind: .integer)
            default: event.attributes.set(name, to: "\(value)")
            }
        }
        return event
    }
}
