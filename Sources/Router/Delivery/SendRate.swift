/// A limit on how often a subscription sends: the generic cell rate algorithm with a small burst.
struct SendRate: Sendable, Hashable {
    /// How much may be sent at once after a pause, in milliseconds of the rate.
    private static let burstMilliseconds = 50.0
    private let intervalMilliseconds: Double
    private var theoreticalArrival = -Double.infinity

    init(perSecond: Double) {
        self.intervalMilliseconds = 1_000 / perSecond
    }

    /// When the next may go: not after `now` means at once.
    func nextMilliseconds(now: Int64) -> Int64 {
        let tolerance = max(Self.burstMilliseconds - self.intervalMilliseconds, 0)
        let earliest = self.theoreticalArrival - tolerance
        return earliest <= Double(now) ? now : Int64(earliest.rounded(.up))
    }

    /// Counts `count` events sent at `now`.
    mutating func take(_ count: Int, now: Int64) {
        self.theoreticalArrival = max(self.theoreticalArrival, Double(now)) + self.intervalMilliseconds * Double(count)
    }
}
