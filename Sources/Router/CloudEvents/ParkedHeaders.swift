/// The headers of a record that say where its event's data are parked, as they are gathered.
struct ParkedHeaders: Sendable {
    private static let lengthMax = Int(Int32.max)
    private var key: String?
    private var length: Int?
    private var sha256: String?
    private var ownReference: String?

    /// Takes a header whose name begins with ``KafkaBinding/parkedHeader``.
    mutating func add(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        let text = String(decoding: value, as: UTF8.self)
        switch String(decoding: name.dropFirst(KafkaBinding.parkedHeader.utf8CodeUnitCount), as: UTF8.self) {
        case "": self.key = text
        case "_bytes": self.length = Int(text)
        case "_sha256": self.sha256 = text
        case "_dataref": self.ownReference = text
        default: break
        }
    }

    /// The event as it was produced, but for its data, of the event as others see it.
    /// - Throws: ``CloudEventError`` `invalidData` where the headers do not say enough to find the data.
    func event(_ shown: CloudEvent) throws(CloudEventError) -> CloudEvent {
        guard let key, !key.isEmpty, let length, (0...Self.lengthMax).contains(length), let sha256,
            sha256.utf8.count == 64, let reference = shown.attributes["dataref"]
        else {
            throw CloudEventError(
                .invalidData, attribute: "data", reason: "is said to be parked, and the headers do not say where")
        }
        var event = shown
        event.attributes.set("dataref", to: self.ownReference)
        event.data = nil
        event.parkedData = ParkedData(key: key, reference: reference, length: length, sha256: sha256)
        return event
    }
}
