import Subscriptions

extension KeyedDecodingContainer {
    /// The filters of a member, each checked; nil where it is absent or null.
    func filtersIfPresent(forKey key: Key) throws -> [Filter]? {
        try self.decodeIfPresent([Filter].self, forKey: key)
    }
}
