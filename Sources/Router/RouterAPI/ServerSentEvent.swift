import CloudEvents
import EventDispatch
import NIOCore

/// Frames of `text/event-stream` (WHATWG HTML, "Server-sent events").
enum ServerSentEvent {
    /// Appends where the stream has come to: an `id:` alone, which a client remembers, and gives nobody an event for.
    static func writeCursor(_ cursor: String, into buffer: inout ByteBuffer) {
        buffer.writeStaticString("id: ")
        self.writeLine(cursor, into: &buffer)
        buffer.writeStaticString("\n")
    }

    /// Appends one event: `id:` is the cursor that resumes after it, `event:` its type, `data:` the event in structured
    /// mode on one line. Line breaks between the tokens of its JSON become spaces; inside strings JSON has none.
    static func write(_ item: StreamedEvent, into buffer: inout ByteBuffer) {
        guard let event = item.event else { return self.writeCursor(item.cursor, into: &buffer) }
        buffer.writeStaticString("id: ")
        self.writeLine(item.cursor, into: &buffer)
        buffer.writeStaticString("event: ")
        self.writeLine(event.type, into: &buffer)
        buffer.writeStaticString("data: ")
        let start = buffer.writerIndex
        JSONEventFormat.encode(event, into: &buffer)
        self.foldLineBreaks(in: &buffer, from: start)
        buffer.writeStaticString("\n\n")
    }

    /// Appends a comment line, which clients ignore.
    static func writeComment(_ text: String, into buffer: inout ByteBuffer) {
        buffer.writeStaticString(": ")
        self.writeLine(text, into: &buffer)
        buffer.writeStaticString("\n")
    }

    /// Appends how long a client shall wait before it connects again.
    static func writeRetry(milliseconds: Int, into buffer: inout ByteBuffer) {
        buffer.writeString("retry: \(milliseconds)\n\n")
    }

    private static func writeLine(_ text: String, into buffer: inout ByteBuffer) {
        let start = buffer.writerIndex
        buffer.writeString(text)
        self.foldLineBreaks(in: &buffer, from: start)
        buffer.writeStaticString("\n")
    }

    private static func foldLineBreaks(in buffer: inout ByteBuffer, from start: Int) {
        let skipped = start - buffer.readerIndex
        buffer.withUnsafeMutableReadableBytes { bytes in
            for index in skipped..<bytes.count where bytes[index] == 0x0A || bytes[index] == 0x0D || bytes[index] == 0 {
                bytes[index] = 0x20
            }
        }
    }
}
