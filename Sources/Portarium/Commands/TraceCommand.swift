import ArgumentParser
import CloudEvents

/// `portarium trace`
struct TraceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Tell the story of one event.",
        discussion: """
            Where it is stored, which subscriptions matched it and why, and every attempt to deliver it.

            EXAMPLE
              portarium trace 4f1c --source /shop
            """)

    @Argument(help: "The event's id.") var id: String

    @Option(help: ArgumentHelp("Its source, where several sources have an event with this id.", valueName: "uri"))
    var source: String?

    @Flag(help: "Show every subscription that did not match, and why.")
    var all = false

    @OptionGroup(title: "The router") var server: ServerOptions

    func run() async throws {
        let path = "/v1/events/\(PercentEncoding.segment(self.id))/trace"
        let conflict = "several sources have an event '\(self.id)': say which with --source"
        try await self.server.call(.get(path, query: [("source", self.source)]), conflict: conflict) {
            trace, terminal in
            try terminal.print(TraceTree.rendered(trace, showsAll: self.all))
        }
    }
}
