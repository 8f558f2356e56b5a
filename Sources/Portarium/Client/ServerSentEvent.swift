import NIOCore

/// One dispatched event of a `text/event-stream`.
struct ServerSentEvent: Sendable, Hashable {
    /// `message` where the stream names none.
    var name: String
    /// The stream's last id at this event; empty where there was none yet.
    var lastEventID: String
    /// The lines of data, joined with line feeds.
    var data: ByteBuffer
}
