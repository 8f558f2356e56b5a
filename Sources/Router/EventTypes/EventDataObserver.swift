import JSONSchema

/// Hears of events whose data are not what their type asks for, once of each. Called on the path of the request:
/// implementations only count.
public protocol EventDataObserver: Sendable {
    /// - Parameter violation: the first.
    func violated(_ rule: EventTypeRule, _ violation: SchemaViolation)
}
