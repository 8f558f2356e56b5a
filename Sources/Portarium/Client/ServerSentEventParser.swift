import NIOCore

/// Takes a `text/event-stream` apart (WHATWG HTML, 9.2.6), however its bytes are cut into chunks.
struct ServerSentEventParser: Sendable {
    /// The stream breaks a limit: it cannot be read on.
    struct EventTooLarge: Error, Hashable {
        var bytesMax: Int
    }

    private let eventBytesMax: Int
    private var line: [UInt8] = []
    private var lastWasCarriageReturn = false
    private var isAtStart = true
    private var name = ""
    private var data: [UInt8] = []
    private var hasData = false
    private var pendingID = ""
    /// What a resumed stream is asked for; also set by a block that has an id and no data.
    private(set) var lastEventID = ""
    /// The stream's wish for the pause before a reconnection.
    private(set) var retryMilliseconds: Int64?

    /// `eventBytesMax`: one line, and the data of one event, are at most that long.
    init(eventBytesMax: Int = 16 * 1_024 * 1_024) { self.eventBytesMax = eventBytesMax }

    /// The events that end inside these bytes, in order.
    mutating func parse(_ chunk: ByteBuffer) throws(EventTooLarge) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in chunk.readableBytesView {
            let follows = self.lastWasCarriageReturn
            self.lastWasCarriageReturn = byte == UInt8(ascii: "\r")
            switch byte {
            case UInt8(ascii: "\n") where follows: continue
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                if let event = try self.endOfLine() { events.append(event) }
            default:
                guard self.line.count < self.eventBytesMax else { throw EventTooLarge(bytesMax: self.eventBytesMax) }
                self.line.append(byte)
            }
        }
        return events
    }

    private mutating func endOfLine() throws(EventTooLarge) -> ServerSentEvent? {
        defer { self.line.removeAll(keepingCapacity: true) }
        if self.isAtStart {
            self.isAtStart = false
            if self.line.starts(with: [0xEF, 0xBB, 0xBF]) { self.line.removeFirst(3) }
        }
        guard !self.line.isEmpty else { return self.dispatch() }
        let colon = self.line.firstIndex(of: UInt8(ascii: ":")) ?? self.line.endIndex
        var value = self.line[min(colon + 1, self.line.endIndex)...]
        if value.first == UInt8(ascii: " ") { value.removeFirst() }
        switch String(decoding: self.line[..<colon], as: UTF8.self) {
        case "data":
            guard self.data.count + value.count < self.eventBytesMax else {
                throw EventTooLarge(bytesMax: self.eventBytesMax)
            }
            if self.hasData { self.data.append(UInt8(ascii: "\n")) }
            self.hasData = true
            self.data.append(contentsOf: value)
        case "event": self.name = String(decoding: value, as: UTF8.self)
        case "id": if !value.contains(0) { self.pendingID = String(decoding: value, as: UTF8.self) }
        case "retry":
            if !value.isEmpty, value.allSatisfy({ (48...57).contains($0) }) {
                self.retryMilliseconds = Int64(String(decoding: value, as: UTF8.self)) ?? self.retryMilliseconds
            }
        default: break
        }
        return nil
    }

    private mutating func dispatch() -> ServerSentEvent? {
        self.lastEventID = self.pendingID
        defer {
            self.name = ""
            self.data.removeAll(keepingCapacity: true)
            self.hasData = false
        }
        guard self.hasData else { return nil }
        return ServerSentEvent(
            name: self.name.isEmpty ? "message" : self.name, lastEventID: self.lastEventID,
            data: ByteBuffer(bytes: self.data))
    }
}
