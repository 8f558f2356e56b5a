import CoreMetrics
import EventTypes
import JSONSchema
import Logging
import Observability

/// Counts events whose data are not what their type asks for, and tells whoever runs the router of some.
final class EventTypeMetrics: EventDataObserver {
    private let warned: Counter
    private let refused: Counter
    private let warning: SparseWarning

    init(factory: any MetricsFactory, logger: Logger) {
        func counter(_ mode: EventTypeMode) -> Counter {
            Counter(.eventTypeViolations, [("mode", mode.rawValue)], factory: factory)
        }
        self.warned = counter(.warn)
        self.refused = counter(.enforce)
        self.warning = SparseWarning(logger: logger)
    }

    func violated(_ rule: EventTypeRule, _ violation: SchemaViolation) {
        if rule.mode == .enforce { return self.refused.increment() }
        self.warned.increment()
        // Where the schema says so, and nothing of the data.
        self.warning.warn(
            "the data of an event are not what the schema of its type asks for, and it is taken",
            [
                "tenant": "\(rule.tenant)", "type": "\(rule.type)", "version": "\(rule.version)",
                "schema": "\(violation.schemaPointer)",
            ])
    }
}
