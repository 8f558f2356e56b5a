import EventLog
import Logging

/// What a start does about topics that somebody else keeps: makes those that are missing, if it may, and says what
/// differs. It never changes a topic that is there.
struct TopicPreparation: Sendable {
    let keeper: any TopicKeeper
    /// Whether missing topics may be made.
    let createsTopics: Bool
    let logger: Logger

    /// - Throws: ``CommandFailure`` that names every topic that is missing and is not made, with what to do;
    ///   `EventLogError` where the topics cannot be seen.
    func prepare(_ declared: [TopicSpecification]) async throws {
        let plan = try await self.keeper.plan(declared)
        if !plan.missing.isEmpty { try await self.make(plan.missing) }
        for difference in plan.differences where difference.aspect != "missing" {
            self.logger.warning(
                "a topic is not as it is declared: 'portarium topics plan' tells more",
                metadata: ["topic": "\(difference.topic)", "difference": "\(difference.sentence)"])
        }
        if !plan.unseen.isEmpty {
            self.logger.notice(
                "it cannot be seen how topics are kept: the principal needs DescribeConfigs on them",
                metadata: ["topics": "\(plan.unseen.count)"])
        }
    }

    private func make(_ missing: [TopicSpecification]) async throws {
        guard self.createsTopics else {
            throw CommandFailure(
                .failed,
                "\(missing.count) topic(s) are missing, and kafka.createTopics is false: make them with "
                    + "'portarium topics apply' and the same settings, or by other means",
                details: missing.map { "\($0.topic): \(TopicDifference.missing($0).sentence)" })
        }
        var failures: [String] = []
        for specification in missing {
            do throws(EventLogError) {
                try await self.keeper.createTopic(specification)
                self.logger.info(
                    "a topic is made",
                    metadata: [
                        "topic": "\(specification.topic)", "partitions": "\(specification.partitions)",
                    ])
            } catch {
                failures.append("\(specification.topic): \(TopicDifference.missing(specification).failure(error))")
            }
        }
        guard failures.isEmpty else {
            throw CommandFailure(
                .failed,
                "\(failures.count) topic(s) are missing and could not be made: make them with 'portarium topics apply' "
                    + "as a principal that may, or by other means",
                details: failures)
        }
    }
}
