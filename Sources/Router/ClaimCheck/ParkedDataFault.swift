/// Why parked data could not be had.
public struct ParkedDataFault: Error, Sendable, Hashable {
    /// A short text for people, without a key.
    public var message: String
    /// Whether it may succeed later. Else the data are gone, or are not what was parked.
    public var isTemporary: Bool

    /// A fault.
    public init(_ message: String, isTemporary: Bool) {
        self.message = message
        self.isTemporary = isTemporary
    }
}
