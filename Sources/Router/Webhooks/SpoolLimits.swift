/// The bounds that the spool of webhooks works within. Times are milliseconds.
public struct SpoolLimits: Sendable, Hashable {
    /// Bytes of deliveries on the disk, with those that were set aside, `1...`. The file is somewhat larger.
    public var bytesMax = 268_435_456
    /// Deliveries on the disk, `1...`; some 200 bytes of memory each.
    public var deliveriesMax = 100_000
    /// How long an append to the log is waited for before its delivery is written to the disk, `1...`.
    public var patience: Int64 = 1_000
    /// Deliveries on their way from the disk into the log, `1...`.
    public var drainedMax = 256
    /// Their bytes; a larger one goes alone.
    public var drainedBytesMax = 4 << 20
    /// The pause after the first failure; each further one doubles it.
    public var pauseMin: Int64 = 100
    /// The longest pause.
    public var pauseMax: Int64 = 5_000

    public init() {}

    /// How long nothing is tried after so many failures in a row: between half of it and all of it, so that replicas
    /// do not come together.
    /// - Parameter jitter: `0..<1`.
    func pause(after failures: Int, jitter: Double) -> Int64 {
        let whole = min(self.pauseMax, self.pauseMin << Int64(min(max(failures, 1), 20) - 1))
        return max(1, Int64(Double(whole) * (0.5 + 0.5 * jitter)))
    }
}
