import EventLog

extension LogSubscriptionService {
    /// On a shared log: knows all changes that were appended before this call.
    func catchUp() async throws(EventLogError) {}
}
