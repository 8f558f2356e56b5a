/// Hears what happens to parked data. Called on the way of events: implementations only count.
public protocol ClaimCheckObserver: Sendable {
    /// Data of so many bytes are in the store, and their record goes into the log.
    func parked(bytes: Int)
    /// The store did not take data; their request is refused.
    func parkingFailed()
    /// Data of so many bytes were fetched and are what was parked.
    func fetched(bytes: Int)
    /// Data could not be fetched.
    /// - Parameter isLost: they are gone, or are not what was parked.
    func fetchFailed(isLost: Bool)
}
