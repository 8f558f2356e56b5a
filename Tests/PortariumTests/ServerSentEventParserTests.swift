import NIOCore
import Testing

@testable import Portarium

/// `text/event-stream`, WHATWG HTML 9.2.6.
struct ServerSentEventParserTests {
    private func parse(_ text: String, cutEvery length: Int = .max) throws -> [ServerSentEvent] {
        var parser = ServerSentEventParser()
        var events: [ServerSentEvent] = []
        var rest = ByteBuffer(string: text)
        while let chunk = rest.readSlice(length: min(length, rest.readableBytes)), chunk.readableBytes > 0 {
            events += try parser.parse(chunk)
        }
        return events
    }

    private func event(_ name: String, _ id: String, _ data: String) -> ServerSentEvent {
        ServerSentEvent(name: name, lastEventID: id, data: ByteBuffer(string: data))
    }

    /// Examples of the standard, cut at every length.
    @Test(arguments: [1, 2, 3, 7, Int.max])
    func chunksDoNotMatter(_ length: Int) throws {
        let text = """
            : comment

            data: first event
            id: 1

            data:second event
            id

            data:  third event
            event: add
            data

            """ + "\n"
        #expect(
            try self.parse(text, cutEvery: length) == [
                self.event("message", "1", "first event"), self.event("message", "", "second event"),
                self.event("add", "", " third event\n"),
            ])
    }

    @Test(arguments: ["\n", "\r", "\r\n"], [1, Int.max])
    func everyEndOfLineEnds(_ end: String, _ length: Int) throws {
        let text = ["id: 9", "event: t", "data: a", "data: b", "", "data: c", "", ""].joined(separator: end)
        #expect(
            try self.parse(text, cutEvery: length) == [
                self.event("t", "9", "a\nb"), self.event("message", "9", "c"),
            ])
    }

    @Test func byteOrderMarkIsSkipped() throws {
        #expect(try self.parse("\u{FEFF}data: x\n\n") == [self.event("message", "", "x")])
    }

    @Test func emptyDataIsAnEventAndNoDataIsNone() throws {
        #expect(try self.parse("data\n\n") == [self.event("message", "", "")])
        #expect(try self.parse("event: x\n\n\n\n") == [])
        #expect(try self.parse("data: not ended") == [])
    }

    @Test func idWithoutDataMovesTheCursor() throws {
        var parser = ServerSentEventParser()
        #expect(try parser.parse(ByteBuffer(string: "id: 5\n\n")) == [])
        #expect(parser.lastEventID == "5")
        #expect(try parser.parse(ByteBuffer(string: "id: 6\ndata: x\n")) == [])
        #expect(parser.lastEventID == "5")
        #expect(try parser.parse(ByteBuffer(string: "id: a\u{0}b\n\n")).map(\.lastEventID) == ["6"])
    }

    @Test func retryIsDigitsOnly() throws {
        var parser = ServerSentEventParser()
        _ = try parser.parse(ByteBuffer(string: "retry: 250\nretry: 1x\nretry:\nretry: 99999999999999999999\n"))
        #expect(parser.retryMilliseconds == 250)
    }

    @Test func hugeLinesAndEventsAreRefused() {
        #expect(throws: ServerSentEventParser.EventTooLarge(bytesMax: 10)) {
            var parser = ServerSentEventParser(eventBytesMax: 10)
            _ = try parser.parse(ByteBuffer(string: "data: 0123456789"))
        }
        #expect(throws: ServerSentEventParser.EventTooLarge(bytesMax: 10)) {
            var parser = ServerSentEventParser(eventBytesMax: 10)
            for _ in 0..<100 { _ = try parser.parse(ByteBuffer(string: "data:123\n")) }
        }
    }
}
