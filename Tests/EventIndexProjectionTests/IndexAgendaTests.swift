import Testing

@testable import EventIndexProjection

/// When the indexer takes what.
struct IndexAgendaTests {
    private let start = ContinuousClock.now
    private let interval = Duration.seconds(1)

    private func remainder(_ id: Int, _ count: Int64, from: Int64 = 0) -> IndexAgenda.Remainder {
        IndexAgenda.Remainder(partitionID: id, from: from, end: from + count)
    }

    @Test func enoughRecordsAreTakenAtOnceAndTheMostFirst() {
        var agenda = IndexAgenda()
        let due = agenda.due(
            [self.remainder(0, 2_047), self.remainder(1, 2_048), self.remainder(2, 0), self.remainder(3, 9_000)],
            at: self.start, interval: self.interval)
        #expect(due.map(\.partitionID) == [3, 1])
    }

    @Test func aSmallRemainderWaitsWhileItGrows() {
        var agenda = IndexAgenda()
        var taken: [Int] = []
        for second in 0..<12 {
            let due = agenda.due(
                [self.remainder(0, Int64(100 + second))], at: self.start + .seconds(second), interval: self.interval)
            if !due.isEmpty { taken.append(second) }
        }
        #expect(taken == [10], "then it has waited for ten intervals, and the next begins to wait")
    }

    @Test func whatGrowsNoLongerIsTaken() {
        var agenda = IndexAgenda()
        for (second, count, isDue) in [(0, Int64(5), false), (1, 6, false), (2, 6, true)] {
            let due = agenda.due(
                [self.remainder(0, count)], at: self.start + .seconds(second), interval: self.interval)
            #expect(due.isEmpty == !isDue, "after \(second) s")
        }
    }

    @Test func looksInQuickSuccessionAreNoQuiet() {
        var agenda = IndexAgenda()
        for step in 0..<9 {
            let due = agenda.due(
                [self.remainder(0, 5)], at: self.start + .milliseconds(step * 100), interval: self.interval)
            #expect(due.isEmpty)
        }
    }
}
