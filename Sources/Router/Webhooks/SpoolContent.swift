/// What a start finds on the disk beside the deliveries that wait.
public struct SpoolContent: Sendable {
    /// Deliveries that lie aside.
    public var setAside = 0
    /// Their bytes.
    public var setAsideBytes = 0
    /// Those of them that were found damaged by this start.
    public var damaged = 0
    /// What was wrong with the file as a whole, for people; nil: nothing.
    public var damage: String?

    public init() {}
}
