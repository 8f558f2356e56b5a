/// Which schedules to run, from the words of a command line: `--seeds COUNT --from SEED`, or `COUNT FROM`.
public struct SimulationRequest: Sendable, Hashable {
    /// How many schedules, 1 and up.
    public private(set) var seeds: UInt64 = 2_000
    /// The first seed.
    public private(set) var from: UInt64 = 1

    /// nil where the words are no request: an unknown flag, no number, a number twice, or none to run.
    public init?(_ words: some Collection<String>) {
        var given: [String: UInt64] = [:]
        var flags = ["--seeds", "--from"][...]
        var rest = Array(words)[...]
        while let word = rest.popFirst() {
            let flag: String
            let text: String
            if word.hasPrefix("-") {
                let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
                flag = parts[0]
                guard let value = parts.count > 1 ? parts[1] : rest.popFirst() else { return nil }
                text = value
            } else {
                guard let next = flags.popFirst() else { return nil }
                flag = next
                text = word
            }
            guard flag == "--seeds" || flag == "--from", given[flag] == nil, let number = UInt64(text) else {
                return nil
            }
            given[flag] = number
        }
        self.seeds = given["--seeds"] ?? self.seeds
        self.from = given["--from"] ?? self.from
        guard self.seeds > 0 else { return nil }
    }
}
