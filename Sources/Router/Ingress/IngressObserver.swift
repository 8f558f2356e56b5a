import CloudEvents

/// Hears what the ingress does: ``began()`` and one of the others for each request. Called on the path of the request:
/// implementations only count.
public protocol IngressObserver: Sendable {
    /// A request with events has come.
    func began()

    /// All events of a request are in the log.
    /// - Parameters:
    ///   - mode: how they were sent.
    ///   - events: how many; 0 for an empty batch.
    ///   - bytes: of the request's body.
    ///   - durationNanoseconds: from the handler's start until the log had them.
    func accepted(mode: HTTPContentMode, events: Int, bytes: Int, durationNanoseconds: Int64)

    /// None of the events of a request is in the log, as far as can be known.
    func refused(_ reason: IngressRefusal)

    /// A request was refused before it began, see ``ObservedCallerResolver``.
    func refusedEarly(_ reason: IngressRefusal)
}
