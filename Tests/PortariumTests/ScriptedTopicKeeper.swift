import EventLog
import Synchronization

@testable import Portarium

/// Topics of somebody else: what is there, and what may be done with it.
final class ScriptedTopicKeeper: TopicKeeper {
    private struct State {
        var existing: [TopicSpecification]
        var calls: [String] = []
    }

    private let state: Mutex<State>
    private let unseen: Set<Topic>
    private let refusals: [Topic: EventLogError]
    private let planError: EventLogError?

    init(
        existing: [TopicSpecification] = [], unseen: Set<Topic> = [], refusals: [Topic: EventLogError] = [:],
        planError: EventLogError? = nil
    ) {
        self.state = Mutex(State(existing: existing))
        self.unseen = unseen
        self.refusals = refusals
        self.planError = planError
    }

    /// A right that is missing.
    static var forbidden: EventLogError {
        var error = EventLogError(.unavailable, "Topic authorization failed")
        error.isForbidden = true
        return error
    }

    /// What was changed, in order.
    var calls: [String] { self.state.withLock { $0.calls } }
    var existing: [TopicSpecification] { self.state.withLock { $0.existing } }

    func plan(_ declared: [TopicSpecification]) async throws(EventLogError) -> TopicPlan {
        if let planError { throw planError }
        return TopicPlan(declared: declared, existing: self.existing, unseen: self.unseen)
    }

    func createTopic(_ specification: TopicSpecification) async throws(EventLogError) {
        if let refusal = self.refusals[specification.topic] { throw refusal }
        self.change(specification.topic, "make \(specification.topic)") { existing in
            existing = TopicSpecification(
                topic: specification.topic, partitions: specification.partitions,
                replicas: existing?.replicas ?? specification.replicas,
                isCompacted: existing?.isCompacted ?? specification.isCompacted,
                retentionAge: existing.map(\.retentionAge) ?? specification.retentionAge,
                retentionBytesMax: existing.map(\.retentionBytesMax) ?? specification.retentionBytesMax)
        }
    }

    func setRetention(of topic: Topic, age: Duration?, bytesMax: Int64?) async throws(EventLogError) {
        if let refusal = self.refusals[topic] { throw refusal }
        self.change(topic, "keep \(topic)") { existing in
            existing?.retentionAge = age
            existing?.retentionBytesMax = bytesMax
        }
    }

    private func change(_ topic: Topic, _ call: String, _ body: (inout TopicSpecification?) -> Void) {
        self.state.withLock { state in
            state.calls.append(call)
            var found = state.existing.first { $0.topic == topic }
            body(&found)
            state.existing.removeAll { $0.topic == topic }
            if let found { state.existing.append(found) }
        }
    }
}
