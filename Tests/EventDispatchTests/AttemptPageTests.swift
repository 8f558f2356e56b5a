import CloudEvents
import EventLog
import Testing

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

    @Test func aPageOfShortTextsHasManyEntries() {
        #expect(self.fill("x").count == 128)
    }
}
