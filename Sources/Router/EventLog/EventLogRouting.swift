/// Carries records from topic to topic inside a log, each of them once whatever fails: what was read and what was
/// written of it become visible together.
public protocol EventLogRouting: Sendable {
    /// Why the log cannot do it, in one sentence; nil where it can.
    /// - Throws: ``EventLogError`` where the log cannot be asked.
    func obstacleToRouting() async throws(EventLogError) -> String?

    /// Carries what `listener` selects until the task is cancelled; then what is under way is brought to its end.
    ///
    /// Several processes may carry the same route at the same time: they share the partitions of its sources. Records
    /// of one key keep their order where the target has as many partitions as when they were carried. Faults are told
    /// to `listener` and waited out.
    /// - Throws: ``EventLogError`` where this process cannot go on with the route as it has begun it: the caller begins
    ///   again.
    func route(_ route: LogRoute, _ listener: any LogRouteListener) async throws(EventLogError)
}
