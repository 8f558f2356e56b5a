import NIOCore
import Testing

/// One event of `text/event-stream`, read as a browser reads it.
struct Frame: Equatable {
    var id = ""
    var event = ""
    var data = ""

    func json() throws -> JSON { try JSON(ByteBuffer(string: self.data)) }

    /// Only frames with data: `retry:` and comments make none. A frame that is not complete is none either.
    static func parse(_ text: String) throws -> [Frame] {
        var frames: [Frame] = []
        var frame = Frame()
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if line.isEmpty {
                if !frame.data.isEmpty { frames.append(frame) }
                frame = Frame()
                continue
            }
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let value = try #require(parts.count == 2 ? parts[1] : nil)
            let text = String(value.hasPrefix(" ") ? value.dropFirst() : value)
            switch parts[0] {
            case "id": frame.id = text
            case "event": frame.event = text
            case "data": frame.data += text
            default: #expect(parts[0] == "retry" || parts[0].isEmpty)
            }
        }
        return frames
    }
}
