import Delivery

extension DeliveryLimits {
    /// Of what the process may have in flight and in memory, the part that its sender of replays has beside the rest,
    /// where that decides for itself: 1 in this many.
    private static let replayPart = 4

    /// The limits of a sender of replays that decides for itself. Nobody counts for both, so it has a part of each: by
    /// so much may the process exceed them while it sends replays.
    var ofReplays: Self {
        var limits = self
        limits.inFlightMax = Self.part(ofPlaces: self.inFlightMax)
        limits.inFlightPerDestinationMax = Self.part(ofPlaces: self.inFlightPerDestinationMax)
        limits.inFlightPerHostMax = Self.part(ofPlaces: self.inFlightPerHostMax)
        limits.inFlightPerTenantMax = Self.part(ofPlaces: self.inFlightPerTenantMax)
        limits.ratePerHost = self.ratePerHost.map { $0 / Double(Self.replayPart) }
        limits.hostRates = self.hostRates.mapValues { $0 / Double(Self.replayPart) }
        // With less than a read takes it could not read at all.
        limits.heldBytesMax = min(self.heldBytesMax, max(self.heldBytesMax / Self.replayPart, 2 * self.catchUpBytesMax))
        return limits
    }

    /// A sender's part of attempts that may be in flight; at least one.
    static func part(ofPlaces places: Int) -> Int { max(1, places / Self.replayPart) }
}
