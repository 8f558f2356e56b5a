import FoundationEssentials

/// SplitMix64: the same seed gives the same sequence everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        self.state = seed
    }

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int(self.next() % UInt64(elements.count))]
    }

    mutating func chance(_ percent: UInt64) -> Bool { self.next() % 100 < percent }

    /// `FUZZ_SEED` and `FUZZ_ITERATIONS`, or these.
    static func settings(iterations: Int) -> (seed: UInt64, iterations: Int) {
        let environment = ProcessInfo.processInfo.environment
        return (
            environment["FUZZ_SEED"].flatMap(UInt64.init) ?? 20_260_101,
            environment["FUZZ_ITERATIONS"].flatMap(Int.init) ?? iterations
        )
    }
}
