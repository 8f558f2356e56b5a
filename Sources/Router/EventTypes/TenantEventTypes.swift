import CloudEvents

/// The types of one tenant whose events are judged. A class, so that requests share it.
public final class TenantEventTypes: Sendable {
    /// By type; none of them ``EventTypeMode/off``.
    public let rules: [String: EventTypeRule]

    public init(_ rules: [String: EventTypeRule]) { self.rules = rules }

    /// What an event has to be; nil: what it likes.
    func rule(of event: CloudEvent) -> EventTypeRule? {
        let type = event.type
        if let rule = self.rules[type] { return rule }
        return EventTypeName.firstVersion(of: type).flatMap { self.rules[$0] }
    }
}
