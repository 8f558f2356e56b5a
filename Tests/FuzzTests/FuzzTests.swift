import FuzzKit
import Testing

/// Mutations of good inputs for everything that takes bytes from outside apart: nothing crashes, nothing hangs, and
/// what is taken is taken for what it is. `FUZZ_ITERATIONS` and `FUZZ_SEED` extend and repeat a run; `make fuzz` looks
/// for new paths instead of rolling dice.
struct FuzzTests {
    private static let seed = SeededRandom.runSeed
    private static let count = SeededRandom.iterations(default: 5_000)

    @Test(arguments: FuzzTarget.allCases)
    func mutationsAreTakenForWhatTheyAreOrRefused(target: FuzzTarget) {
        let (seeds, tokens) = (target.seeds, target.tokens)
        var accepted = 0
        for index in 0..<UInt64(Self.count) {
            var random = SeededRandom(seed: Self.seed &+ index)
            var input = random.mutated(random.pick(seeds), tokens: tokens)
            if random.once(in: 4) { input = random.mutated(input, tokens: tokens) }
            switch target.outcome(of: input) {
            case .accepted: accepted += 1
            case .refused: break
            case .violated(let what):
                let text = String(decoding: input, as: UTF8.self).debugDescription
                Issue.record("FUZZ_SEED=\(Self.seed &+ index): \(target): \(what): \(text)")
                return
            }
        }
        let isShort = Self.count < 1_000
        #expect(
            isShort || (accepted > Self.count / 50 && accepted < Self.count * 49 / 50),
            "both outcomes are met: \(accepted) of \(Self.count)")
    }

    @Test(arguments: FuzzTarget.allCases) func seedsAreAccepted(target: FuzzTarget) {
        for seed in target.seeds where target != .contentType {
            #expect(target.outcome(of: seed) == .accepted, "\(String(decoding: seed, as: UTF8.self))")
        }
    }
}
