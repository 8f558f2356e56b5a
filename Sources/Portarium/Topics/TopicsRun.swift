import EventLog

/// `portarium topics`: compares, and applies what can be applied.
struct TopicsRun: Sendable {
    let keeper: any TopicKeeper
    let declared: [TopicSpecification]
    /// What all topics begin with.
    let prefix: String

    /// Compares and changes nothing.
    /// - Throws: ``CommandFailure`` where the topics cannot be seen.
    func plan() async throws -> TopicsReport {
        let plan = try await self.compare()
        return self.report(plan, plan.differences.map { ($0, $0.isApplicable ? .planned : .byHand) })
    }

    /// Applies what can be applied, in the order of the topics; one that fails keeps no other from being tried.
    /// - Throws: ``CommandFailure`` where the topics cannot be seen.
    func apply() async throws -> TopicsReport {
        let plan = try await self.compare()
        var outcomes: [(TopicDifference, TopicsReport.Outcome)] = []
        for difference in plan.differences { outcomes.append((difference, await self.apply(difference))) }
        return self.report(plan, outcomes)
    }

    private func compare() async throws -> TopicPlan {
        do throws(EventLogError) {
            return try await self.keeper.plan(self.declared)
        } catch {
            guard error.isForbidden else {
                throw CommandFailure(error.code == .unavailable ? .unreachable : .failed, error.message)
            }
            throw CommandFailure(
                .failed, "\(error.message) (it needs Describe on the topics that begin with '\(self.prefix).')")
        }
    }

    private func apply(_ difference: TopicDifference) async -> TopicsReport.Outcome {
        guard difference.isApplicable, let declared = self.declared.first(where: { $0.topic == difference.topic })
        else { return .byHand }
        do throws(EventLogError) {
            switch difference {
            case .retentionAge, .retentionBytesMax:
                try await self.keeper.setRetention(
                    of: declared.topic, age: declared.retentionAge, bytesMax: declared.retentionBytesMax)
            default: try await self.keeper.createTopic(declared)
            }
            return .applied
        } catch {
            return .failed(difference.failure(error))
        }
    }

    private func report(
        _ plan: TopicPlan, _ outcomes: [(TopicDifference, TopicsReport.Outcome)]
    ) -> TopicsReport {
        TopicsReport(
            topics: self.declared.count,
            lines: outcomes.map { TopicsReport.Line(difference: $0.0, outcome: $0.1) }, unseen: plan.unseen)
    }
}
