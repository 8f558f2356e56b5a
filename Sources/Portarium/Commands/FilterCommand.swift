import ArgumentParser

/// `portarium filter`
struct FilterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "filter",
        abstract: "Try filters without a router.",
        discussion: """
            EXAMPLE
              portarium filter eval --event event.json -- "type LIKE 'com.example.%'"
            """,
        subcommands: [Evaluate.self])

    /// `portarium filter eval`
    struct Evaluate: AsyncParsableCommand {
        /// No event is larger.
        private static let eventBytesMax = 16 * 1_048_576

        static let configuration = CommandConfiguration(
            commandName: "eval", abstract: "Evaluate a filter on one event.",
            discussion: """
                For the dialect sql, EXPRESSION is CloudEvents SQL; its value is printed, and with an error the value \
                that the specification gives for it. For other dialects it is what the dialect takes in a \
                subscription: an object of attributes for exact, prefix and suffix, a list of filters for all and any, \
                a filter for not.

                With --json: {"value":…,"error":null|"parse"|"math"|"cast"|"missingAttribute"|"missingFunction"|\
                "functionEvaluation"|"generic"}. Ends with 0 where it could be evaluated, with 2 where it is no filter.

                EXAMPLES
                  portarium filter eval --event event.json --json -- "subject LIKE 'eu/%'"
                  portarium filter eval --dialect exact '{"type":"com.example.Happened"}'
                """)

        @Option(help: ArgumentHelp("sql, exact, prefix, suffix, all, any or not.", valueName: "dialect"))
        var dialect = FilterEvaluation.Dialect.sql

        @Option(
            help: ArgumentHelp(
                "A file with a structured event; - is stdin. (default: some valid event)", valueName: "file"))
        var event: String?

        @Flag(help: "Print the result as JSON.")
        var json = false

        @Argument(help: ArgumentHelp("The filter; put -- before one that begins with a dash.", valueName: "expression"))
        var expression: String

        func run() async throws {
            let terminal = Terminal.current
            let bytes = try self.event.map { try FileContents.read($0, bytesMax: Self.eventBytesMax) }
            let event = try bytes.map(FilterEvaluation.event) ?? FilterEvaluation.standardEvent
            let result = FilterEvaluation.evaluate(self.expression, self.dialect, on: event)
            if self.json {
                let error = result.error.map(JSONValue.string) ?? .null
                // Written out: the order of the members is part of what people compare by eye.
                try terminal.print("{\"value\":\(result.value.serialized()),\"error\":\(error.serialized())}")
            } else if result.error != FilterEvaluation.parseError {
                try terminal.print(TerminalText.safe(result.value.plain))
            }
            guard let error = result.error else { return }
            let detail = TerminalText.safe(result.detail ?? error)
            guard error == FilterEvaluation.parseError else { return terminal.complain("portarium: \(detail)") }
            throw CommandFailure(.usage, detail)
        }
    }
}
