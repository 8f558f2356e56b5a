import CloudEvents
import EventLog
import Subscriptions
import Testing

@testable import Delivery
@testable import EventDispatch

/// A page of the attempt journal fits a record of any log.
@Suite struct AttemptPageTests {
    private func fill(_ text: String) -> AttemptPage {
        var page = AttemptPage(tenant: "t")
        let event = CloudEvent(id: text, source: text, type: "a")
        let entry = AttemptEntry(
            subscription: text, tenant: "t",
            position: Position(TopicPartition(DispatchWorld.topic, Partition(0)), .zero),
            outcome: .failed, at: Timestamp(milliseconds: 1), status: 503, error: text, durationMilliseconds: 1)
        while !page.isFull { page.append(event, entry) }
        return page
    }

    @Test func aPageOfLongTextsStaysUnderTheLimitOfKafka() {
        let page = self.fill(String(repeating: "x", count: 100_000))
        #expect(page.count > 1)
        #expect(page.record(at: Timestamp(milliseconds: 1)).size < 1_000_000)
    }

    @Test func whatWaitsToBeRecordedIsBoundedInBytes() async throws {
        var configuration = DispatchConfiguration(eventTopics: [DispatchWorld.topic])
        configuration.journalBytesMax = 64 << 10
        let journal = AttemptJournal(configuration: configuration, log: try await DispatchWorld.log())
        let event = CloudEvent(id: String(repeating: "x", count: 4_000), source: "/test", type: "a")
        let position = Position(TopicPartition(DispatchWorld.topic, Partition(0)), .zero)
        func note(_ tenant: Int) {
            journal.note(
                DeadLetterWrite(
                    id: 1, subscription: SubscriptionID(tenant: "\(tenant)", name: "s"),
                    event: DeliverableEvent(event: event, position: position, timestamp: Timestamp(milliseconds: 1)),
                    reason: .rejected, attempts: 1,
                    report: AttemptReport(meaning: .rejected, status: 400, error: nil, durationMilliseconds: 0)))
        }
        for number in 0..<100 { note(number % 3) }
        #expect((80..<100).contains(journal.dropped))
        let dropped = journal.dropped
        await journal.write()
        note(0)
        #expect(journal.dropped == dropped)
    }

    @Test func aPageOfShortTextsHasManyEntries() {
        #expect(self.fill("x").count == 128)
    }
}
