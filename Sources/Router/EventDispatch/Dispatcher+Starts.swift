import EventLog
import Subscriptions

extension Dispatcher {
    /// What a start comes to now.
    struct Starts: Sendable {
        /// The first offset of each partition that has records at all.
        var offsets: [TopicPartition: Offset] = [:]
        /// Those that lie before the end: there is a backlog to catch up with.
        var behind: [TopicPartition: Offset] = [:]
    }

    /// Resolves a start to offsets. Redriven records are never history: there it is always the end.
    func resolve(_ start: SubscriptionConfiguration.Start) async throws(EventLogError) -> Starts {
        var starts = Starts()
        for topicPartition in try await self.fedPartitions() {
            let bounds = try await self.log.bounds(of: topicPartition)
            var offset = bounds.end
            if topicPartition.topic != self.configuration.redriveTopic {
                switch start {
                case .latest: break
                case .earliest: offset = bounds.start
                case .time(let milliseconds):
                    offset = try await self.log.offset(
                        of: topicPartition, at: Timestamp(milliseconds: milliseconds))
                case .offset(let topic, let partition, let wanted):
                    if topicPartition == TopicPartition(Topic(topic), Partition(partition)) {
                        offset = min(max(Offset(wanted), bounds.start), bounds.end)
                    }
                }
            }
            if offset > .zero { starts.offsets[topicPartition] = offset }
            if offset < bounds.end { starts.behind[topicPartition] = offset }
        }
        return starts
    }
}
