import ArgumentParser
import NIOCore

/// `portarium tail`
struct TailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Watch events as they are accepted.",
        discussion: """
            Prints one line an event; with --json the structured event. A lost connection is made again and nothing is \
            missed in between.

            EXAMPLES
              portarium tail --filter "type LIKE 'com.example.order.%'"
              portarium tail --from 15m --json | jq .data
            """)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Only events for which this CloudEvents SQL expression is true.", valueName: "sql"))
    var filter: String?

    @Option(help: ArgumentHelp("Where to begin: latest, earliest, a time, or how long ago (15m).", valueName: "start"))
    var from = "latest"

    @Option(help: ArgumentHelp("End after so many events.", valueName: "n"))
    var limit: Int?

    @OptionGroup(title: "The router") var server: ServerOptions

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more, not \(limit).") }
        _ = try self.start()
    }

    func run() async throws {
        try await self.server.withClient { client, terminal in
            let tail = EventTail(
                client: client, filter: self.filter, from: try self.start(),
                notice: { terminal.complain("portarium: \($0)") })
            var count = 0
            try await tail.run { event in
                try terminal.print(self.server.json ? Self.singleLine(event.data) : Self.line(event))
                count += 1
                return count < self.limit ?? .max
            }
        }
    }

    /// The `from` of the call.
    func start() throws -> String {
        if self.from == "latest" || self.from == "earliest" { return self.from }
        guard let timestamp = TimeArgument.timestamp(self.from) else {
            throw ValidationError(TimeArgument.complaint("--from", self.from, also: "latest, earliest, "))
        }
        return timestamp
    }

    /// The event on one line: a line feed can only stand between JSON's tokens, never in a text.
    static func singleLine(_ data: ByteBuffer) -> String {
        String(decoding: data.readableBytesView.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }, as: UTF8.self)
    }

    /// Time, type, source, subject, id and the beginning of the data.
    static func line(_ event: ServerSentEvent) -> String {
        guard let value = JSONValue(parsing: event.data.readableBytesView) else {
            return TerminalText.safe("\(event.name)  \(String(buffer: event.data))")
        }
        var parts = [value["time"]?.plain ?? "-", value["type"]?.plain ?? event.name, value["source"]?.plain ?? "-"]
        if let subject = value["subject"]?.plain { parts.append(subject) }
        parts.append("id=\(value["id"]?.plain ?? "")")
        if let tenant = value["tenantid"]?.plain { parts.append("tenant=\(tenant)") }
        if let data = value["data"] {
            parts.append(TerminalText.clipped(data.plain, to: 160))
        } else if let data = value["data_base64"]?.text {
            parts.append("(\(data.utf8.count / 4 * 3) bytes)")
        }
        return TerminalText.safe(parts.joined(separator: "  "))
    }
}
