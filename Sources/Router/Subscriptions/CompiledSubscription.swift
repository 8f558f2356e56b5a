import CloudEvents
import Transforms

/// A subscription made ready to be asked about every event.
public final class CompiledSubscription: Sendable {
    /// Whose subscription it is, and its name.
    public let id: SubscriptionID
    private let tenant: [UInt8]
    private let source: [UInt8]?
    private let types: [[UInt8]]
    private let filter: CompiledFilter?
    /// What the attributes of an event must look like to match.
    let constraints: AttributeConstraints

    /// Compiles the filters of a subscription.
    /// - Throws: ``FilterError``, with pointers from the root of the subscription's document, such as `/filters/0/sql`;
    ///   also for a transform that cannot be used.
    public init(_ subscription: Subscription) throws(FilterError) {
        do throws(TransformFault) {
            if let transform = subscription.config.transform { _ = try EventTransform(text: transform) }
        } catch {
            throw FilterError(pointer: "/config/transform" + error.pointer, detail: error.detail)
        }
        self.id = subscription.id
        self.tenant = Array(subscription.id.tenant.utf8)
        self.source = subscription.source.map { Array($0.utf8) }
        self.types = subscription.types.map { Array($0.utf8) }
        do {
            self.filter = subscription.filters.isEmpty ? nil : try CompiledFilter(allOf: subscription.filters)
        } catch {
            throw FilterError(pointer: "/filters" + error.pointer, detail: error.detail)
        }
        var constraints = self.filter?.constraints ?? AttributeConstraints()
        if let source { constraints.require("source", [.exact(source)]) }
        constraints.require("type", Set(self.types).sorted { $0.lexicographicallyPrecedes($1) }.map { .exact($0) })
        self.constraints = constraints
    }

    /// Whether the subscription wants the event: it is of its tenant, of its source and one of its types where these
    /// are given, and passes all filters.
    public func matches(_ event: CloudEvent) -> Bool {
        guard Self.isEqual(event, "tenantid", self.tenant) else { return false }
        if let source, !Self.isEqual(event, "source", source) { return false }
        if !self.types.isEmpty, !self.hasType(event) { return false }
        return self.filter?.matches(event) ?? true
    }

    /// What an event must have exactly: the tenant, and the source and the types where these are given.
    public var exactConditions: [(attribute: String, values: [[UInt8]])] {
        var conditions = [("tenantid", [self.tenant])]
        if !self.types.isEmpty { conditions.append(("type", self.types)) }
        if let source { conditions.append(("source", [source])) }
        return conditions
    }

    /// Whether ``exactConditions`` do not decide alone.
    public var hasFilters: Bool { self.filter != nil }

    /// Like ``matches(_:)``, and says what decided.
    public func explain(_ event: CloudEvent) -> MatchExplanation {
        func no(_ reason: String) -> MatchExplanation { MatchExplanation(matched: false, reason: reason) }
        guard Self.isEqual(event, "tenantid", self.tenant) else { return no("the event belongs to another tenant") }
        if let source, !Self.isEqual(event, "source", source) {
            let expected = ExplanationText.quoted(String(decoding: source, as: UTF8.self))
            return no("source: \(ExplanationText.quoted(event.source)) is not \(expected)")
        }
        if !self.types.isEmpty, !self.hasType(event) {
            let named = self.types.prefix(5).map { ExplanationText.quoted(String(decoding: $0, as: UTF8.self)) }
            let more = self.types.count > named.count ? " and \(self.types.count - named.count) more" : ""
            return no("types: \(ExplanationText.quoted(event.type)) is none of \(named.joined(separator: ", "))\(more)")
        }
        return self.filter?.explain(event)
            ?? MatchExplanation(
                matched: true, reason: self.types.isEmpty ? "there is no filter" : "types: the event's type is named")
    }

    private func hasType(_ event: CloudEvent) -> Bool {
        event.attributes.withValue(of: "type") { _, actual in
            for type in self.types where type.withUnsafeBytes({ actual.hasSameBytes(as: $0) }) { return true }
            return false
        } ?? false
    }

    @inline(__always)
    private static func isEqual(_ event: CloudEvent, _ attribute: StaticString, _ expected: [UInt8]) -> Bool {
        event.attributes.withValue(of: attribute) { _, actual in
            expected.withUnsafeBytes { actual.hasSameBytes(as: $0) }
        } ?? false
    }
}
