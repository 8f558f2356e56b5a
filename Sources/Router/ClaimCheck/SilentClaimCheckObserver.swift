/// An observer that keeps nothing.
public struct SilentClaimCheckObserver: ClaimCheckObserver {
    /// The observer where none is given.
    public init() {}

    /// Does nothing.
    public func parked(bytes: Int) {}
    /// Does nothing.
    public func parkingFailed() {}
    /// Does nothing.
    public func fetched(bytes: Int) {}
    /// Does nothing.
    public func fetchFailed(isLost: Bool) {}
}
