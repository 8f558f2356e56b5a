import Synchronization

/// Lets one caller at a time through for each key, in the order they came; callers with other keys do not wait.
///
/// What it keeps is bounded by the callers inside and before it.
final class KeyedGate<Key: Hashable & Sendable>: Sendable {
    private struct Entry {
        let gate: SerialGate
        var callers: Int
    }

    private let entries = Mutex<[Key: Entry]>([:])

    func enter(_ key: Key) async {
        let gate = self.entries.withLock { entries in
            var entry = entries[key] ?? Entry(gate: SerialGate(), callers: 0)
            entry.callers += 1
            entries[key] = entry
            return entry.gate
        }
        await gate.enter()
    }

    func leave(_ key: Key) {
        let gate = self.entries.withLock { entries -> SerialGate? in
            guard var entry = entries[key] else { return nil }
            entry.callers -= 1
            entries[key] = entry.callers == 0 ? nil : entry
            return entry.gate
        }
        gate?.leave()
    }
}
