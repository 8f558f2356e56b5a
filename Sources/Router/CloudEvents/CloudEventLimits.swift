/// How large an event may be. Every decoder holds to these; a value over its limit is refused with
/// ``CloudEventError/Code/limitExceeded``.
public struct CloudEventLimits: Sendable, Hashable {
    /// Attributes of one event, required ones included; 4...10,000.
    public var attributesMax: Int
    /// Bytes of one attribute name; 1...255. The specification advises producers to stay within 20.
    public var attributeNameBytesMax: Int
    /// Bytes (UTF-8) of one attribute value; 1...16,777,216.
    public var attributeValueBytesMax: Int
    /// Bytes of names, values and data of one event together; 1...1,073,741,824.
    public var eventBytesMax: Int
    /// Events in one batch; 1...1,000,000.
    public var batchEventsMax: Int
    /// Arrays and objects inside one another in JSON `data`, the outermost counted; 1...100,000. The scanner does not
    /// recurse: this protects consumers that do.
    public var jsonNestingMax: Int

    /// Limits with the defaults that suit an ingress.
    public init(
        attributesMax: Int = 100,
        attributeNameBytesMax: Int = 64,
        attributeValueBytesMax: Int = 65_536,
        eventBytesMax: Int = 1_048_576,
        batchEventsMax: Int = 10_000,
        jsonNestingMax: Int = 512
    ) {
        self.attributesMax = attributesMax
        self.attributeNameBytesMax = attributeNameBytesMax
        self.attributeValueBytesMax = attributeValueBytesMax
        self.eventBytesMax = eventBytesMax
        self.batchEventsMax = batchEventsMax
        self.jsonNestingMax = jsonNestingMax
    }

    /// The widest limits, for events that the log holds already: what was accepted under other limits stays readable.
    public static let widest = CloudEventLimits(
        attributesMax: 10_000,
        attributeNameBytesMax: 255,
        attributeValueBytesMax: 16_777_216,
        eventBytesMax: 1_073_741_824,
        batchEventsMax: 1_000_000,
        jsonNestingMax: 100_000)
}
