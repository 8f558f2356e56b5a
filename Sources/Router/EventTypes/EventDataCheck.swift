import CloudEvents
import JSONSchema

/// Judges the data of events by the schemas of their types, before anything of a request is appended.
public struct EventDataCheck: Sendable {
    /// The events of one request may take so many times the steps that one event may.
    public static let requestFactor = 100

    private let source: any EventTypeSource
    private let observer: any EventDataObserver
    private let stepsMax: Int

    /// - Parameter stepsPerEventMax: what validation of one event may take, `1000...`.
    public init(source: any EventTypeSource, observer: any EventDataObserver, stepsPerEventMax: Int) {
        self.source = source
        self.observer = observer
        self.stepsMax = stepsPerEventMax * Self.requestFactor
    }

    /// Whether there is anything to judge by.
    public func judges(tenant: String) -> Bool { self.source.judged(of: tenant) != nil }

    /// - Parameter tenant: whose events they are.
    /// - Throws: `CloudEventError` with code `schema-violation`, the index of the first event that is refused, and all
    ///   that is wrong with it.
    public func check(_ events: [CloudEvent], tenant: String) throws(CloudEventError) {
        guard let types = self.source.judged(of: tenant) else { return }
        var stepsLeft = self.stepsMax
        for (index, event) in events.enumerated() {
            guard let rule = types.rule(of: event) else { continue }
            let violations = rule.violations(in: event, stepsLeft: &stepsLeft)
            guard let first = violations.first else { continue }
            self.observer.violated(rule, first)
            if rule.mode == .enforce { throw Self.error(rule, first, violations, index) }
        }
    }

    private static func error(
        _ rule: EventTypeRule, _ first: SchemaViolation, _ violations: [SchemaViolation], _ index: Int
    ) -> CloudEventError {
        let place = first.pointer.isEmpty ? "the data" : first.pointer
        let more = violations.count > 1 ? " (and \(violations.count - 1) more)" : ""
        var error = CloudEventError(
            .schemaViolation, attribute: "data",
            reason: "not what version \(rule.version) of the type's schema asks for: \(place) \(first.detail)\(more)",
            index: index)
        error.dataFaults = violations.map { .init(pointer: $0.pointer, detail: $0.detail) }
        return error
    }
}
