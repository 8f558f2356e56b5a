/// Hears nothing.
public struct SilentKafkaEventLogObserver: KafkaEventLogObserver {
    public init() {}
    /// Does nothing.
    public func appended(records: Int, bytes: Int, duration: Duration) {}
    /// Does nothing.
    public func appendFailed(records: Int) {}
}
