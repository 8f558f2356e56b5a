/// Where the data of an event lie that the router has put into an object store (claim check): a record carries this,
/// and a `dataref` for other readers, in place of the data.
///
/// Only the router makes one, of data that it parked itself: a `dataref` that a producer sends is an attribute like any
/// other, and nobody follows it.
public final class ParkedData: Sendable, Hashable {
    /// The object, within the store and the bucket that the router is told.
    public let key: String
    /// The same for others: what `dataref` says (CloudEvents, claim check extension). A URI, without credentials.
    public let reference: String
    /// Bytes of the data, 0 and up.
    public let length: Int
    /// SHA-256 of the data, 64 characters of lower-case hexadecimal.
    public let sha256: String

    /// A place.
    public init(key: String, reference: String, length: Int, sha256: String) {
        self.key = key
        self.reference = reference
        self.length = length
        self.sha256 = sha256
    }

    /// Whether all of it is the same.
    public static func == (lhs: ParkedData, rhs: ParkedData) -> Bool {
        lhs.key == rhs.key && lhs.reference == rhs.reference && lhs.length == rhs.length && lhs.sha256 == rhs.sha256
    }

    /// The key tells them apart.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.key) }
}

extension CloudEvent {
    /// The event as others see it whose data are parked: without data, with `dataref`, which takes the place of the
    /// producer's own. Any other event is given as it is.
    public var withDataReference: CloudEvent {
        guard let parkedData else { return self }
        var event = self
        event.attributes.set("dataref", to: parkedData.reference)
        event.parkedData = nil
        event.data = nil
        return event
    }
}
