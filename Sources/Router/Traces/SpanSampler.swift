/// Which of the traces that begin in the router are recorded. Those that came with a decision keep it.
public struct SpanSampler: Sendable, Hashable {
    /// Those below it are recorded; nil: all.
    private let threshold: UInt64?

    /// - Parameter ratio: of all traces, `0...1`; clamped.
    public init(ratio: Double) {
        let scaled = min(max(ratio, 0), 1) * 0x1p64
        self.threshold = scaled >= 0x1p64 ? nil : UInt64(scaled)
    }

    /// The same for one trace wherever it is asked: every replica, and ingress and delivery, decide alike.
    public func samples(_ traceID: UInt128) -> Bool {
        guard let threshold else { return true }
        guard threshold > 0 else { return false }
        // Ids that mean something are not random: numbered ones lie side by side (the finalizer of SplitMix64).
        var mixed = UInt64(truncatingIfNeeded: traceID) ^ UInt64(truncatingIfNeeded: traceID >> 64)
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31) < threshold
    }
}
