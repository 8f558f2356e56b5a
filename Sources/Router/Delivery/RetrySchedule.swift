import Subscriptions

/// Decides whether a failed delivery is tried again, and when.
public enum RetrySchedule {
    /// What follows a failed attempt.
    public enum Decision: Sendable, Hashable {
        case retry(afterMilliseconds: Int64)
        /// The sink asked for silence until its age is over: no further attempt, and given up after this time.
        case expire(afterMilliseconds: Int64)
        case giveUp(reason: DeadLetterReason)
    }

    /// - Parameters:
    ///   - attempts: how many were made, the failed one included; at least 1.
    ///   - retryAfterMilliseconds: what the sink asked for, if it did: obeyed, even beyond the longest own delay, but
    ///     no event waits longer than its greatest age.
    ///   - random: uniform in `0..<1`; the delay is between half of and the whole exponential step.
    public static func decide(
        _ policy: RetryConfiguration, deadLetter: Bool, attempts: Int, ageMilliseconds: Int64,
        retryAfterMilliseconds: Int64?, random: Double
    ) -> Decision {
        if deadLetter {
            if attempts >= policy.attemptsMax { return .giveUp(reason: .attemptsExhausted) }
            if ageMilliseconds >= policy.ageMaxMilliseconds { return .giveUp(reason: .ageExceeded) }
        }
        let step = Double(policy.delayMinMilliseconds) * Double(UInt64(1) << UInt64(min(attempts - 1, 40)))
        let capped = min(step, Double(policy.delayMaxMilliseconds))
        let jittered = max(1, Int64(capped * (0.5 + 0.5 * random)))
        let asked = retryAfterMilliseconds ?? 0
        guard deadLetter else { return .retry(afterMilliseconds: max(jittered, asked)) }
        let rest = policy.ageMaxMilliseconds - ageMilliseconds
        if asked > rest { return .expire(afterMilliseconds: rest) }
        return .retry(afterMilliseconds: max(min(jittered, rest), asked))
    }
}
