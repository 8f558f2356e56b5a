import KafkaTestKit
import Testing

extension Trait where Self == ConditionTrait {
    /// The test or suite is skipped, with the reason, where this broker is not installed or cannot do what is needed.
    package static func needs(_ kind: BrokerKind, to features: BrokerFeature...) -> Self {
        let reason = kind.reasonToSkip(needing: features)
        return .enabled(if: reason == nil, Comment(rawValue: reason ?? "\(kind) is there"))
    }
}

extension BrokerKind {
    /// Ends the running case of a test as skipped, with the reason, where this broker is not installed or cannot do
    /// what is needed: for tests whose cases are brokers.
    package func skip(unlessAbleTo features: BrokerFeature...) throws {
        try self.skip(unlessAbleToAll: features)
    }

    /// The same for a list.
    package func skip(unlessAbleToAll features: [BrokerFeature]) throws {
        guard let reason = self.reasonToSkip(needing: features) else { return }
        #if compiler(>=6.3)
        try Test.cancel(Comment(rawValue: reason))
        #else
        throw Skipped(description: reason)
        #endif
    }
}

#if !compiler(>=6.3)
/// Older versions of Testing cannot skip a case that runs: it fails with the reason.
private struct Skipped: Error, CustomStringConvertible {
    var description: String
}
#endif
