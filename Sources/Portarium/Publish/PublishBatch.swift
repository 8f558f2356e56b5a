import NIOCore

/// Some lines that go out in one request.
struct PublishBatch: Sendable, Hashable {
    /// One event.
    struct Item: Sendable, Hashable {
        /// Where it came from, from 1.
        var line: Int
        /// The structured event, JSON on one line.
        var event: [UInt8]
    }

    var items: [Item]

    /// The batched mode's body: a JSON array (CloudEvents JSON format 1.0, 4).
    func body() -> ByteBuffer {
        var body = ByteBuffer()
        body.reserveCapacity(self.items.reduce(2) { $0 + $1.event.count + 1 })
        body.writeInteger(UInt8(ascii: "["))
        for (index, item) in self.items.enumerated() {
            if index > 0 { body.writeInteger(UInt8(ascii: ",")) }
            body.writeBytes(item.event)
        }
        body.writeInteger(UInt8(ascii: "]"))
        return body
    }
}
