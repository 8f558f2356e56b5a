import EventDispatch

/// The services behind the API.
struct RouterServices: Sendable {
    let subscriptions: LogSubscriptionService
    let replays: LogReplayService
    let deadLetters: LogDeadLetterService
    let events: LogEventQueryService
}
