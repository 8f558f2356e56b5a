/// Why an event was given up for a subscription; stable words of the API.
public enum DeadLetterReason: String, Sendable, Hashable, CaseIterable {
    /// The sink's answer said that trying again would not help.
    case rejected
    /// Every attempt that the retry policy allows has failed.
    case attemptsExhausted = "attempts-exhausted"
    /// The first attempt lies longer back than the retry policy allows.
    case ageExceeded = "age-exceeded"
    /// The subscription's transform cannot be applied to it.
    case transformFailed = "transform-failed"
}
