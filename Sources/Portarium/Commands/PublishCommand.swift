import ArgumentParser

/// `portarium publish`
struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Publish one event, or a stream of them.",
        discussion: """
            One event from options; or one structured CloudEvent a line, of any number of lines, from a file with \
            --ndjson, and from the standard input where there are no options for an event. The router answers once the \
            events are stored durably.

            Where the router is busy (503, 429) it is asked again when it says so. Events that it refuses are named by \
            their line, the others go through; the exit code is then 4. With the default --concurrency 1 the order of \
            the lines is kept.

            EXAMPLES
              portarium publish --type com.example.Placed --data '{"order":1}' --ext runid=7
              echo '{"order":2}' | portarium publish --type com.example.Placed -
              portarium publish --ndjson events.ndjson --batch-size 500
              producer | portarium publish
            """)

    @OptionGroup(title: "The event") var event: EventFlags

    @Argument(
        help: ArgumentHelp(
            "- is the standard input: the data of one event, or without options for one an event a line.",
            valueName: "-"))
    var input: String?

    @Option(help: ArgumentHelp("A file with one structured event a line; - is the standard input.", valueName: "file"))
    var ndjson: String?

    @Option(help: ArgumentHelp("Events of one request at most, 1 to 1000.", valueName: "n"))
    var batchSize = 100

    @Option(help: ArgumentHelp("Requests at once, 1 to 64. With more than 1, order is not kept.", valueName: "n"))
    var concurrency = 1

    @Option(help: ArgumentHelp("How often a busy router is asked again, 0 to 1000.", valueName: "n"))
    var retries = 8

    @OptionGroup(title: "The router") var server: ServerOptions

    /// Where events come from, one a line; nil where options say one event.
    private var lines: String? {
        if let ndjson { return ndjson }
        guard self.event.isEmpty else { return nil }
        if let input { return input == "-" ? input : nil }
        return Terminal.current.isInputInteractive ? nil : "-"
    }

    func validate() throws {
        guard (1...1_000).contains(self.batchSize) else { throw ValidationError("--batch-size must be 1 to 1000.") }
        guard (1...64).contains(self.concurrency) else { throw ValidationError("--concurrency must be 1 to 64.") }
        guard (0...1_000).contains(self.retries) else { throw ValidationError("--retries must be 0 to 1000.") }
        if self.ndjson != nil {
            guard self.event.isEmpty, self.input == nil else {
                throw ValidationError("With --ndjson, the lines say everything: leave the options for one event out.")
            }
        }
        if self.lines != nil { return }
        if let input {
            guard input == "-" else {
                throw ValidationError(
                    "Unexpected argument '\(input)': data goes into --data, --data-file, or - for stdin.")
            }
            guard self.event.data == nil, self.event.dataFile == nil else {
                throw ValidationError("Give - or --data or --data-file, only one of them.")
            }
        }
        try self.event.check()
    }

    func run() async throws {
        try await self.server.withClient(connectionsMax: self.concurrency) { client, terminal in
            let publisher = EventPublisher(client: client, policy: PublishPolicy(retriesMax: self.retries))
            if let lines = self.lines {
                try await self.publish(lines: lines, publisher, terminal)
            } else {
                try await self.publishOne(publisher, terminal)
            }
        }
    }

    private func publishOne(_ publisher: EventPublisher, _ terminal: Terminal) async throws {
        var data = self.event.data.map { Array($0.utf8) }
        if let file = self.event.dataFile ?? self.input {
            data = try FileContents.read(file, bytesMax: EventFlags.dataBytesMax)
        }
        let request = try self.event.request(data: data, nowMilliseconds: TimeArgument.now())
        let answer = try await publisher.publish(request)
        try self.server.show(answer, on: terminal) { answer, terminal in
            for event in answer["events"]?.elements ?? [] { try terminal.print(Self.line(event)) }
        }
    }

    /// One accepted event for people.
    private static func line(_ event: JSONValue) -> String {
        func text(_ name: String) -> String { event[name]?.plain ?? "?" }
        let place = "\(text("topic"))/\(text("partition"))@\(text("offset"))"
        return TerminalText.safe("accepted \(text("id")) at \(place), correlation \(text("correlationid"))")
    }

    private func publish(lines path: String, _ publisher: EventPublisher, _ terminal: Terminal) async throws {
        var settings = NDJSONPublisher.Settings()
        settings.batchEventsMax = self.batchSize
        settings.concurrency = self.concurrency
        var progress = ProgressLine(terminal)
        let report = try await InputReader.with(path) { input in
            defer { progress.clear() }
            return try await NDJSONPublisher(publisher: publisher, settings: settings).run(input) { report, bytesRead in
                progress.update(
                    fraction: input.sizeBytes.flatMap { $0 > 0 ? Double(bytesRead) / Double($0) : nil },
                    done: report.accepted, unit: "events", failed: report.failed)
            }
        }
        if self.server.json {
            try terminal.print(report.json().serialized())
        } else {
            try terminal.print("accepted \(report.accepted) event(s)")
        }
        guard report.exitStatus != .done else { return }
        throw Self.failure(report, path: path, json: self.server.json)
    }

    /// What is said of events that were not accepted.
    static func failure(_ report: PublishReport, path: String, json: Bool) -> CommandFailure {
        let name = path == "-" ? "stdin" : path
        var message = "\(report.failed) event(s) were not accepted"
        if let stop = report.stop { message = "\(stop.sentence); publish again from line \(stop.fromLine) on" }
        guard !json else { return CommandFailure(report.exitStatus, message) }
        let given = report.stop.map { stop in stop.sentence }
        var details = report.failures.filter { $0.detail != given }.sorted { $0.line < $1.line }.map { failure in
            "\(name):\(failure.line): \(failure.detail)"
        }
        if report.failed > report.failures.count {
            details.append("… and \(report.failed - report.failures.count) more")
        }
        return CommandFailure(report.exitStatus, message, details: details)
    }
}
