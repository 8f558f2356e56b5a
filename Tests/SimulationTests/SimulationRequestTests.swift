import SimulationKit
import Testing

@Suite struct SimulationRequestTests {
    @Test(arguments: [
        (["--seeds", "5", "--from", "7"], 5, 7), (["--from=7", "--seeds=5"], 5, 7), (["5", "7"], 5, 7),
        (["5"], 5, 1), (["--from", "7"], 2_000, 7), ([], 2_000, 1),
    ])
    func countAndFirstSeedAreRead(words: [String], seeds: UInt64, from: UInt64) {
        let request = SimulationRequest(words)
        #expect(request?.seeds == seeds)
        #expect(request?.from == from)
    }

    @Test(arguments: [
        ["--seed", "5"], ["--seeds"], ["--seeds", "x"], ["--seeds", "-1"], ["0"], ["1", "2", "3"],
        ["--seeds", "1", "--seeds", "2"], ["--help"], ["five"],
    ])
    func otherWordsAreRefused(words: [String]) {
        #expect(SimulationRequest(words) == nil)
    }
}
