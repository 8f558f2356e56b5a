import FoundationEssentials

/// SplitMix64: the same seed gives the same numbers on every machine.
public struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    public init(seed: UInt64) { self.state = seed }

    public mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// A number of `0..<bound`.
    public mutating func below(_ bound: Int) -> Int { Int(self.next() % UInt64(bound)) }

    /// True once in `times`.
    public mutating func once(in times: Int) -> Bool { self.below(times) == 0 }

    public mutating func pick<T>(_ values: [T]) -> T { values[self.below(values.count)] }

    /// The seed of this run: `FUZZ_SEED`, else a fixed one, so that a run without settings is the same every time.
    public static var runSeed: UInt64 {
        ProcessInfo.processInfo.environment["FUZZ_SEED"].flatMap { UInt64($0) } ?? 20_261_123
    }

    /// How many cases to try: `FUZZ_ITERATIONS`, else `count`.
    public static func iterations(default count: Int) -> Int {
        ProcessInfo.processInfo.environment["FUZZ_ITERATIONS"].flatMap { Int($0) } ?? count
    }
}
