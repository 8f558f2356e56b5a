import EventLog
import Subscriptions

extension Dispatcher {
    /// How far ahead of the router's clock a start may lie and still mean now, in milliseconds.
    static let startAheadMillisecondsMax: Int64 = 60_000

    /// What a start comes to now.
    struct Starts: Sendable {
        /// The first offset of each partition that has records at all.
        var offsets: [TopicPartition: Offset] = [:]
        /// Of every partition that is fed.
        var all: [TopicPartition: Offset] = [:]
        /// Those that lie before the end: there is a backlog to catch up with.
        var behind: [TopicPartition: Offset] = [:]
    }

    /// Refuses a start that is nowhere.
    /// - Throws: `unprocessable` for a partition that there is not, an offset past its end, and a time more than
    ///   ``startAheadMillisecondsMax`` ahead; `unavailable`.
    func check(_ start: SubscriptionConfiguration.Start) async throws(ServiceError) {
        switch start {
        case .latest, .earliest: return
        case .time(let milliseconds):
            guard milliseconds > DispatchClock.wall.milliseconds + Self.startAheadMillisecondsMax else { return }
            throw Self.fault("", "must not lie in the future: 'latest' begins with what comes next")
        case .offset(let topic, let partition, let offset):
            let place = TopicPartition(Topic(topic), Partition(partition))
            guard self.configuration.eventTopics.contains(place.topic) else {
                throw Self.fault("/topic", "'\(topic)' is no topic that events are routed to")
            }
            let partitions: [TopicPartition]
            let end: Offset
            do {
                partitions = try await self.fedPartitions()
                end = partitions.contains(place) ? try await self.log.bounds(of: place).end : .zero
            } catch { throw ServiceError(error) }
            guard partitions.contains(place) else {
                let count = partitions.count { $0.topic == place.topic }
                throw Self.fault("/partition", "'\(topic)' has the partitions 0 to \(count - 1)")
            }
            guard offset <= end.value else {
                throw Self.fault("/offset", "must not lie past the end of the partition, \(end)")
            }
        }
    }

    private static func fault(_ member: String, _ detail: String) -> ServiceError {
        ServiceError(
            .unprocessable, "the start cannot be used: \(detail)",
            errors: [.init(pointer: "/config/start" + member, detail: detail)])
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
            starts.all[topicPartition] = offset
            if offset > .zero { starts.offsets[topicPartition] = offset }
            if offset < bounds.end { starts.behind[topicPartition] = offset }
        }
        return starts
    }
}
