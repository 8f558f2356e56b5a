/// Who records: the same for all spans of a process (OpenTelemetry, "Resource").
public struct SpanResource: Sendable, Hashable {
    /// `service.name` and what else is known, in this order; each name once.
    public var attributes: [(name: String, value: String)]
    /// The program's version, as that of the instrumentation.
    public var version: String

    /// - Parameters:
    ///   - serviceName: `service.name`; wins over one of `attributes`.
    ///   - version: of the program.
    ///   - attributes: of names that are there twice the last one counts.
    public init(serviceName: String, version: String, attributes: [(name: String, value: String)] = []) {
        self.version = version
        self.attributes = [("service.name", serviceName)]
        var own = [
            ("service.version", version), ("telemetry.sdk.language", "swift"), ("telemetry.sdk.name", "portarium"),
        ]
        own.append(("telemetry.sdk.version", version))
        for (name, value) in own + attributes where name != "service.name" {
            self.attributes.removeAll { $0.name == name }
            self.attributes.append((name, value))
        }
    }

    public static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.version == rhs.version && lhs.attributes.elementsEqual(rhs.attributes, by: ==)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(self.version) }
}
