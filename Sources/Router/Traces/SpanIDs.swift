import Synchronization

/// Makes span ids that no two requests of a process share: a counter, scattered by SplitMix64 from a random start.
public final class SpanIDs: Sendable {
    private let seed = UInt64.random(in: .min ... .max)
    private let counter = Atomic<UInt64>(0)

    /// A maker with a beginning of its own.
    public init() {}

    /// Never zero.
    public func next() -> UInt64 {
        while true {
            let count = self.counter.wrappingAdd(1, ordering: .relaxed).newValue
            var mixed = self.seed &+ count &* 0x9e37_79b9_7f4a_7c15
            mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
            mixed ^= mixed >> 31
            if mixed != 0 { return mixed }
        }
    }
}
