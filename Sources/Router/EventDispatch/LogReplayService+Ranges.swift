import EventLog
import Subscriptions

extension LogReplayService {
    /// What a request comes to now: at most one range of each partition.
    /// - Throws: `unprocessable` for a topic or partition that there is not, and for two ranges of one partition;
    ///   `unavailable`.
    func ranges(of request: ReplayRequest) async throws(ServiceError) -> [StoredReplay.Range] {
        do {
            let partitions = try await self.dispatcher.fedPartitions()
            let faults = self.faults(of: request, partitions)
            guard faults.isEmpty else {
                throw ServiceError(.unprocessable, "the range cannot be replayed: \(faults[0].detail)", errors: faults)
            }
            let eventTopics = self.dispatcher.configuration.eventTopics
            let wanted = Set(request.topics.isEmpty ? eventTopics : request.topics)
            var ranges: [StoredReplay.Range] = []
            for topicPartition in partitions where wanted.contains(topicPartition.topic) {
                if let range = try await self.range(of: request, in: topicPartition) { ranges.append(range) }
            }
            return ranges
        } catch let error as ServiceError {
            throw error
        } catch let error as EventLogError {
            throw ServiceError(error)
        } catch {
            throw ServiceError(.unavailable, "the range could not be resolved")
        }
    }

    /// Everything that is wrong with topics and offsets.
    private func faults(of request: ReplayRequest, _ partitions: [TopicPartition]) -> [ServiceError.FieldError] {
        let eventTopics = self.dispatcher.configuration.eventTopics
        var faults: [ServiceError.FieldError] = []
        for (index, topic) in request.topics.enumerated() where !eventTopics.contains(topic) {
            faults.append(
                .init(pointer: "/topics/\(index)", detail: "'\(topic)' is no topic that events are routed to"))
        }
        var seen: Set<TopicPartition> = []
        for (index, range) in request.offsets.enumerated() {
            let place = range.topicPartition
            if !eventTopics.contains(place.topic) {
                faults.append(
                    .init(
                        pointer: "/offsets/\(index)/topic",
                        detail: "'\(place.topic)' is no topic that events are routed to"))
            } else if !request.topics.isEmpty, !request.topics.contains(place.topic) {
                faults.append(
                    .init(pointer: "/offsets/\(index)/topic", detail: "'\(place.topic)' is not among 'topics'"))
            } else if !partitions.contains(place) {
                let count = partitions.count { $0.topic == place.topic }
                faults.append(
                    .init(
                        pointer: "/offsets/\(index)/partition",
                        detail: "'\(place.topic)' has the partitions 0 to \(count - 1)"))
            } else if !seen.insert(place).inserted {
                faults.append(
                    .init(
                        pointer: "/offsets/\(index)/partition",
                        detail: "a replay takes one range of each partition: create another replay for this one"))
            }
        }
        return faults
    }

    private func range(
        of request: ReplayRequest, in topicPartition: TopicPartition
    ) async throws(EventLogError) -> StoredReplay.Range? {
        let bounds = try await self.dispatcher.log.bounds(of: topicPartition)
        var from = bounds.start
        var to = bounds.end
        if !request.offsets.isEmpty {
            guard let range = request.offsets.first(where: { $0.topicPartition == topicPartition }) else { return nil }
            from = max(from, range.from)
            to = min(to, range.to)
        }
        if let time = request.from {
            from = max(from, try await self.dispatcher.log.offset(of: topicPartition, at: time))
        }
        if let time = request.to {
            to = min(to, try await self.dispatcher.log.offset(of: topicPartition, at: time))
        }
        guard from < to else { return nil }
        return StoredReplay.Range(
            topic: topicPartition.topic.name, partition: topicPartition.partition.value, from: from.value,
            to: to.value)
    }
}
