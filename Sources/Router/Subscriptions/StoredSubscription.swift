import EventLog

/// A subscription with what the router decided about it: one value in the compacted subscriptions topic.
public struct StoredSubscription: Sendable, Hashable {
    /// Whether events are sent.
    public enum Status: String, Sendable, Hashable, CaseIterable {
        /// Yes.
        case active
        /// By a person's wish.
        case paused
        /// By the router: the sink said 410, or failed for too long.
        case suspended
    }

    /// What was asked for.
    public var subscription: Subscription
    /// Whether events are sent now.
    public var status: Status
    /// Why it is suspended, in one sentence.
    public var statusReason: String?
    /// Tells this subscription from an earlier one of the same id, whose cursors it does not inherit.
    public var generation: String
    /// Grows by one with every change.
    public var revision: Int
    /// When it was accepted.
    public var createdAt: Timestamp
    /// When it was last changed; not before ``createdAt``.
    public var updatedAt: Timestamp
    /// What `start` came to, when the subscription was created: the first offset of each partition that is its own.
    /// A partition that is not named was added later and starts at its beginning.
    public var startOffsets: [TopicPartition: Offset]
    /// On a log that is shared: where the record lies that created it. Of several subscriptions with one id, the one
    /// that was created first counts. nil in that record itself.
    public var createdOffset: Offset?
    /// Its secrets, which are in no representation.
    public var secrets: SealedSecrets
    /// What the target has agreed to, where it was asked.
    public var agreement: SinkAgreement?

    public init(
        subscription: Subscription, status: Status = .active, statusReason: String? = nil, generation: String,
        revision: Int = 1, createdAt: Timestamp, updatedAt: Timestamp, startOffsets: [TopicPartition: Offset],
        createdOffset: Offset? = nil, secrets: SealedSecrets = SealedSecrets(), agreement: SinkAgreement? = nil
    ) {
        self.subscription = subscription
        self.status = status
        self.statusReason = statusReason
        self.generation = generation
        self.revision = revision
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.startOffsets = startOffsets
        self.createdOffset = createdOffset
        self.secrets = secrets
        self.agreement = agreement
    }

    /// Why it is suspended until the target has answered.
    public static let waitsForAgreement = "waits until the sink allows deliveries (WebHook-Request-Origin)"

    /// Whether nothing may be sent because the target has not agreed to it.
    public var needsAgreement: Bool {
        self.subscription.protocolSettings.handshake && self.agreement?.sink != self.subscription.sink
    }

    /// Lets events be sent, as soon as the target has agreed where it has to.
    public mutating func beWanted() {
        self.status = self.needsAgreement ? .suspended : .active
        self.statusReason = self.needsAgreement ? Self.waitsForAgreement : nil
    }

    /// Requests a second at most, by what was asked for and what the target allows; nil: no limit.
    public var rateLimitPerSecond: Double? {
        let allowed = self.needsAgreement ? nil : self.agreement?.requestsPerMinute.map { Double($0) / 60 }
        guard let own = self.subscription.config.rateLimitPerSecond else {
            return self.subscription.protocolSettings.handshake ? allowed : nil
        }
        guard self.subscription.protocolSettings.handshake, let allowed else { return own }
        return min(own, allowed)
    }
}
