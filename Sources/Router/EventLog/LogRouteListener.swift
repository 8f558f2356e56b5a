/// Says which events a route carries, and hears what came of it. Called from one thread at a time, which waits.
public protocol LogRouteListener: Sendable {
    /// What is carried of the records that were just read: asked for anew with each read, so that a change holds for
    /// all that is read later.
    var selection: LogRouteSelection { get }

    /// Became durable, together: `read` records were read, `carried` of them are in the target, and `invalid` are no
    /// events and were passed over.
    func carried(read: Int, carried: Int, invalid: Int)

    /// Nothing became durable; it is tried again.
    func failed(_ error: EventLogError)

    /// The log no longer has the records from one offset up to another: they were not carried.
    func rangeLost(_ topicPartition: TopicPartition, from: Offset, to: Offset)
}
