import EventLog
import Synchronization

/// Makes correlation ids: UUIDs of version 7 (RFC 9562, section 5.7), which sort by the time they were made.
///
/// The 74 random bits come from a generator that the system seeds once: correlation ids must differ, they are no
/// secrets.
public final class CorrelationIDGenerator: Sendable {
    private struct State {
        var first: UInt64
        var second: UInt64

        /// SplitMix64 (Steele, Lea, Flood 2014).
        static func step(_ state: inout UInt64) -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
            return mixed ^ (mixed >> 31)
        }
    }

    private let state: Mutex<State>

    /// A generator seeded by the system.
    public convenience init() {
        var system = SystemRandomNumberGenerator()
        self.init(seeds: (system.next(), system.next()))
    }

    /// A generator that gives the same ids for the same seeds.
    public init(seeds: (UInt64, UInt64)) {
        self.state = Mutex(State(first: seeds.0, second: seeds.1))
    }

    /// The next id: 36 characters of lower-case hexadecimal and `-`.
    public func next(at time: Timestamp) -> String {
        let (first, second) = self.state.withLock { state in
            (State.step(&state.first), State.step(&state.second))
        }
        let high = UInt64(truncatingIfNeeded: time.milliseconds) << 16 | 0x7000 | (first >> 52)
        let low = 0x8000_0000_0000_0000 | (second >> 2)
        return String(unsafeUninitializedCapacity: 36) { text in
            var index = 0
            for digit in 0..<32 {
                if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
                    text[index] = UInt8(ascii: "-")
                    index += 1
                }
                let word = digit < 16 ? high : low
                let value = UInt8(truncatingIfNeeded: word >> UInt64((15 - digit % 16) * 4)) & 0x0f
                text[index] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
                index += 1
            }
            return index
        }
    }
}
