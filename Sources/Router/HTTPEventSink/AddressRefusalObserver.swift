import NetworkGuard

/// Hears of attempts that were not made because of the address they would go to. Called on the way of events:
/// implementations only count, and write lines at a bounded rate.
public protocol AddressRefusalObserver: Sendable {
    /// - Parameters:
    ///   - refusal: With the address, which is for the operator alone.
    ///   - host: As the sink names it.
    func refused(_ refusal: AddressRefusal, host: String)
}
