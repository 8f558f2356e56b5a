import EventLog
import RouterTestKit
import Testing

@testable import EmbeddedEventLog

/// What the index finds.
struct EmbeddedEventIndexTests {
    @Test(arguments: EventIndexContract.all)
    func itKeepsTheContractOfAnIndex(check: EventIndexContract.Check) async throws {
        try await withIndexedLog { subject in
            try await check.run(
                EventIndexContractSubject(
                    log: subject.log, index: subject.index,
                    catchUp: { [index = subject.index] in try await index.catchUp() },
                    sweep: { [log = subject.log] in try await log.sweep(now: $0) }))
        }
    }

    @Test func itsLagCountsWhatIsNotIndexed() async throws {
        try await withIndexedLog { subject in
            let topic = try await subject.createTopic("events")
            #expect(subject.index.lag == 0)
            _ = try await subject.log.append((0..<3_000).map { .event(topic, id: "\($0)") })
            #expect(subject.index.lag == 3_000)
            try await subject.index.catchUp()
            #expect(subject.index.lag == 0)
        }
    }

    @Test func topicsThatAreNotIndexedAreSearchedToo() async throws {
        try await withIndexedLog { subject in
            let topic = try await subject.createTopic("portarium.subscriptions")
            _ = try await subject.log.append((0..<10).map { .event(topic, id: "\($0)") })
            #expect(subject.index.lag == 0)
            try await subject.index.catchUp()
            #expect(try await subject.offsets("ce_id", "4", in: topic) == [4])
        }
    }
}
