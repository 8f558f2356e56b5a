import ArgumentParser

/// The options of every list.
struct PageOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Items at most, 1 to 200.", valueName: "n"))
    var limit = 50

    @Option(help: ArgumentHelp("Go on where an earlier list ended.", valueName: "cursor"))
    var cursor: String?

    func validate() throws {
        guard (1...200).contains(self.limit) else {
            throw ValidationError("--limit must be 1 to 200, not \(self.limit).")
        }
    }

    /// The members of the query.
    var query: [(name: String, value: String?)] { [("limit", String(self.limit)), ("cursor", self.cursor)] }

    /// Prints a list as a table and says where it goes on.
    static func show(
        _ page: JSONValue, on terminal: Terminal, columns: [TextTable.Column], none: String,
        row: (JSONValue) -> [String]
    ) throws {
        guard let items = page["items"]?.elements else {
            throw CommandFailure(.failed, "the answer is no list: is it another server's URL?")
        }
        guard !items.isEmpty else { return terminal.complain(none) }
        var table = TextTable(columns)
        for item in items { table.add(row(item)) }
        try terminal.print(table.rendered(columns: terminal.columns))
        if let cursor = page["nextCursor"]?.text {
            terminal.complain("There are more: --cursor \(TerminalText.safe(cursor))")
        }
    }
}
