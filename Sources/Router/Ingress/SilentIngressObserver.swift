import CloudEvents

/// An observer that keeps nothing.
public struct SilentIngressObserver: IngressObserver {
    /// The observer where none is given.
    public init() {}

    /// Does nothing.
    public func began() {}

    /// Does nothing.
    public func accepted(mode: HTTPContentMode, events: Int, bytes: Int, durationNanoseconds: Int64) {}

    /// Does nothing.
    public func refused(_ reason: IngressRefusal) {}

    /// Does nothing.
    public func refusedEarly(_ reason: IngressRefusal) {}
}
