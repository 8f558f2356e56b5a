/// Hears what the ingress does, one call a request. Called on the path of the request: implementations only count.
public protocol IngressObserver: Sendable {
    /// All events of a request are in the log.
    /// - Parameters:
    ///   - events: how many; 0 for an empty batch.
    ///   - bytes: of the request's body.
    ///   - durationNanoseconds: from the handler's start until the log had them.
    func accepted(events: Int, bytes: Int, durationNanoseconds: Int64)

    /// None of the events of a request is in the log, as far as can be known.
    func refused(_ reason: IngressRefusal)
}
