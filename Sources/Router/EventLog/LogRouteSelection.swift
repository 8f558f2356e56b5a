import CloudEvents

/// What a route carries: what meets all of some exact conditions, and what else has to hold.
public struct LogRouteSelection: Sendable {
    /// An attribute that must have one of some values.
    public struct Condition: Sendable, Hashable {
        /// The attribute's name, 1...250 bytes.
        public var attribute: String
        /// At least one, each of at most 65,535 bytes.
        public var values: [[UInt8]]

        public init(attribute: String, values: [[UInt8]]) {
            self.attribute = attribute
            self.values = values
        }
    }

    /// All must hold.
    public let conditions: [Condition]
    /// Decides about an event that meets the conditions. It has its attributes only, and must not be kept. nil: the
    /// conditions are all there is.
    public let isWanted: (@Sendable (CloudEvent) -> Bool)?

    /// What meets the conditions, and what `isWanted` says.
    public init(conditions: [Condition], isWanted: (@Sendable (CloudEvent) -> Bool)? = nil) {
        self.conditions = conditions
        self.isWanted = isWanted
    }

    /// Whether an event is carried.
    public func matches(_ event: CloudEvent) -> Bool {
        for condition in self.conditions {
            guard let value = event.attributes[condition.attribute],
                condition.values.contains(where: { $0.elementsEqual(value.utf8) })
            else { return false }
        }
        return self.isWanted?(event) ?? true
    }
}
