import EventLog
import Testing

@testable import KafkaEventLog

struct EndsSeenTests {
    private static func place(_ partition: Int32) -> TopicPartition { TopicPartition(Topic("t"), Partition(partition)) }

    @Test func theGreatestEndOfEachPartitionStays() {
        var ends = EndsSeen()
        for (partition, end) in [(0, 3), (0, 2), (1, 9), (0, 1), (1, 10), (0, 5)] as [(Int32, Int64)] {
            ends.note(Self.place(partition), end)
        }
        #expect(ends.all == [Self.place(0): 5, Self.place(1): 10])
    }

    @Test func whereNothingWasSeenThereIsNoEnd() {
        #expect(EndsSeen().all.isEmpty)
    }
}
