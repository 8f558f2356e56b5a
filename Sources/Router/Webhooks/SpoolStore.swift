import EventLog
import NIOCore

/// Deliveries on a local disk, by number.
public protocol SpoolStore: Sendable {
    /// Visits everything that waits, in the order of the numbers; blocks meanwhile. What is damaged is set aside by
    /// this, and left out.
    func load(_ body: (_ number: Int64, _ bytes: ByteBuffer) -> Void) throws(EventLogError) -> SpoolContent

    /// Writes one delivery, and returns when it is durable. Concurrent calls share one sync.
    /// - Throws: `full` where the disk has no room; `unavailable` where nobody knows what is durable any more: then
    ///   the store takes nothing until it is opened again.
    func append(_ number: Int64, _ bytes: ByteBuffer) async throws(EventLogError)

    /// Reads deliveries. One that is damaged is left out.
    /// - Throws: where the disk does not give them now.
    func read(_ numbers: [Int64]) async throws(EventLogError) -> [Int64: ByteBuffer]

    /// Forgets deliveries that are in the log. Numbers that are not there are passed over.
    func remove(_ numbers: [Int64]) async throws(EventLogError)

    /// Takes a delivery out of the way and keeps it, with why, for people.
    func setAside(_ number: Int64, reason: String) async throws(EventLogError)

    /// Finishes what is queued and closes the file.
    func close() async
}
