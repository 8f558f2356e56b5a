import EventTypes
import JSONSchema
import Synchronization

/// The types whose events are judged, ready for the way in: by tenant, with compiled schemas.
final class JudgedEventTypes: EventTypeSource {
    private struct State {
        var tenants: [String: TenantEventTypes] = [:]
        /// Compiled schemas by their texts: those in use, and some that were.
        var schemas: [String: CompiledEventSchema] = [:]
        var rules = 0
    }

    private let limits: JSONSchema.Limits
    private let state = Mutex(State())
    /// Whether there are any: who has none registered pays this look.
    private let isAny = Atomic(false)

    init(validationStepsMax: Int) {
        var limits = JSONSchema.Limits()
        limits.stepsMax = validationStepsMax
        self.limits = limits
    }

    /// How many types are judged.
    var count: Int { self.state.withLock { $0.rules } }

    func judged(of tenant: String) -> TenantEventTypes? {
        guard self.isAny.load(ordering: .acquiring) else { return nil }
        return self.state.withLock { $0.tenants[tenant] }
    }

    /// A schema, compiled once for all that have its text.
    func compiled(_ text: String) throws(SchemaFault) -> CompiledEventSchema {
        if let known = self.state.withLock({ $0.schemas[text] }) { return known }
        return try CompiledEventSchema(text, limits: self.limits)
    }

    /// Takes over what a type has become.
    /// - Throws: ``SchemaFault`` where its schema cannot be used; then its events are not judged.
    func put(_ entry: EventTypeCatalog.Entry?, as name: EventTypeCatalog.Name) throws(SchemaFault) {
        var (rule, fault): (EventTypeRule?, SchemaFault?) = (nil, nil)
        if let entry, entry.settings.mode != .off {
            do throws(SchemaFault) {
                rule = EventTypeRule(
                    tenant: name.tenant, type: name.type, version: entry.latest.number, mode: entry.settings.mode,
                    schema: try self.compiled(entry.latest.schema))
            } catch { fault = error }
        }
        self.state.withLock { [rule] state in
            var rules = state.tenants[name.tenant]?.rules ?? [:]
            state.rules += (rule == nil ? 0 : 1) - (rules[name.type] == nil ? 0 : 1)
            rules[name.type] = rule
            state.tenants[name.tenant] = rules.isEmpty ? nil : TenantEventTypes(rules)
            if let rule { state.schemas[rule.schema.text] = rule.schema }
            // Those that are out of use go when they are as many as the others.
            if state.schemas.count > 2 * state.rules + 16 {
                let used = state.tenants.values.flatMap { $0.rules.values.map(\.schema) }
                state.schemas = Dictionary(used.map { ($0.text, $0) }) { first, _ in first }
            }
            self.isAny.store(!state.tenants.isEmpty, ordering: .releasing)
        }
        if let fault { throw fault }
    }
}
