import CloudEvents
import FuzzKit
import Testing

@testable import JSONSchema

/// What the comparison of schemas says, held against what validation says of values that are made up.
struct SchemaCompatibilityPropertyTests {
    private static let seed = SeededRandom.runSeed
    private static let count = SeededRandom.iterations(default: 4_000)
    /// Values that are tried on each pair that is called compatible.
    private static let valuesPerPair = 60

    private static func compiled(_ sample: SchemaSample) -> JSONSchema? {
        guard case .object(var members) = sample else {
            return (try? JSONNode(sample.text)).flatMap { try? JSONSchema($0) }
        }
        // What '$ref' may lead to.
        members["$defs"] = .object(["d": .raw(#"{"type":["integer","string"],"maximum":2}"#)])
        return (try? JSONNode(SchemaSample.object(members).text)).flatMap { try? JSONSchema($0) }
    }

    @Test func whatIsCalledBackwardCompatibleTakesWhateverTheOldSchemaTook() throws {
        var (pairs, compatible, tried) = (0, 0, 0)
        for index in 0..<UInt64(Self.count) {
            var random = SeededRandom(seed: Self.seed &+ index)
            let oldSample = random.schema()
            var newSample = oldSample
            for _ in 0...random.below(3) { newSample = random.variation(of: newSample) }
            guard let old = Self.compiled(oldSample), let new = Self.compiled(newSample) else { continue }
            pairs += 1
            let conflicts = SchemaCompatibility.backward.conflicts(old: old, new: new)
            let forward = SchemaCompatibility.forward.conflicts(old: new, new: old)
            #expect(conflicts.isEmpty == forward.isEmpty, "FUZZ_SEED=\(Self.seed &+ index): the two ways differ")
            guard conflicts.isEmpty else { continue }
            compatible += 1
            for _ in 0..<Self.valuesPerPair {
                let sample = random.once(in: 4) ? random.value() : random.value(fitting: oldSample)
                let value = try JSONNode(sample.text)
                guard old.isValid(value) else { continue }
                tried += 1
                guard !new.isValid(value) else { continue }
                // What only the limits refuse is refused by neither schema.
                if new.violations(in: value).contains(where: { $0.detail.contains("applied deeper") }) { continue }
                Issue.record(
                    """
                    FUZZ_SEED=\(Self.seed &+ index): called compatible, and '\(sample.text)' is refused
                    old: \(oldSample.text)
                    new: \(newSample.text)
                    \(new.violations(in: value))
                    """)
                return
            }
        }
        #expect(Self.count < 1_000 || compatible > pairs / 20, "\(compatible) of \(pairs) are compatible")
        #expect(Self.count < 1_000 || tried > compatible * 5, "\(tried) values for \(compatible) pairs")
    }

    @Test func everySchemaIsCompatibleWithItself() throws {
        for index in 0..<UInt64(Self.count / 4) {
            var random = SeededRandom(seed: Self.seed &+ index)
            let sample = random.schema()
            guard let schema = Self.compiled(sample) else { continue }
            let conflicts = SchemaCompatibility.full.conflicts(old: schema, new: schema)
            #expect(conflicts.isEmpty, "FUZZ_SEED=\(Self.seed &+ index): \(sample.text): \(conflicts)")
        }
    }
}
