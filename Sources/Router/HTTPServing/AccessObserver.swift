/// Hears of calls that are refused for who makes them. Never hears of credentials.
public protocol AccessObserver: Sendable {
    /// A call was refused.
    func refused(_ reason: AccessRefusal)
}
