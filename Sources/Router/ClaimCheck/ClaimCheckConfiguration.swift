/// Which data are parked, and how much of them is on its way at once.
public struct ClaimCheckConfiguration: Sendable, Hashable {
    /// What the key of every object begins with; without a slash at its end. Empty: nothing.
    public var keyPrefix: String
    /// Data of more bytes are parked, 0 and up.
    public var thresholdBytes: Int
    /// Bytes of one object, `1...2147483647`.
    public var objectBytesMax: Int
    /// Bytes of an event as the log keeps it, attributes and what data are not parked.
    public var eventBytesMax: Int
    /// The setting that ``eventBytesMax`` comes from.
    public var eventBytesLimit: String
    /// Objects under way between the store and sinks or callers at once, `1...`; one tenant has half of them.
    public var transfersMax: Int
    /// Their bytes, no less than ``objectBytesMax``; one tenant has half of them, or one object.
    public var transferBytesMax: Int

    /// Parks data over `thresholdBytes`.
    public init(
        keyPrefix: String = "", thresholdBytes: Int, objectBytesMax: Int = 8_388_608, eventBytesMax: Int = 1_048_576,
        eventBytesLimit: String = "limits.eventBytesMax", transfersMax: Int = 32, transferBytesMax: Int = 67_108_864
    ) {
        self.keyPrefix = keyPrefix
        self.thresholdBytes = thresholdBytes
        self.objectBytesMax = objectBytesMax
        self.eventBytesMax = eventBytesMax
        self.eventBytesLimit = eventBytesLimit
        self.transfersMax = transfersMax
        self.transferBytesMax = transferBytesMax
    }
}
