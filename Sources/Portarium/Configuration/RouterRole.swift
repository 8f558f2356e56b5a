/// What a process of the router does.
enum RouterRole: String, Sendable, Hashable, CaseIterable {
    /// Takes events: `POST /v1/events`.
    case ingress
    /// Reads the log, delivers, writes dead letters, carries out replays.
    case dispatch
    /// Answers the calls that manage and ask.
    case api
}
