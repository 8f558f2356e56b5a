import ArgumentParser
import EventLog
import KafkaEventLog
import Logging
import Observability

/// `portarium topics`
struct TopicsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topics",
        abstract: "Compare a Kafka cluster's topics with the configuration.",
        discussion: """
            Topics are declared by the settings: routes, log.partitions, log.retentionAgeSeconds and the like, \
            kafka.replicationFactor. A router that starts makes missing ones, unless kafka.createTopics is false, and \
            changes none. The embedded log makes its topics by itself.

            EXAMPLES
              portarium topics plan --config portarium.yaml
              portarium topics apply --kafka broker-1:9092
            """,
        subcommands: [Plan.self, Apply.self])

    struct Plan: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "plan", abstract: "Show how topics differ from what is declared.",
            discussion: """
                Ends with 0 where nothing differs, with 4 where something does.

                EXAMPLE
                  portarium topics plan --config portarium.yaml
                """)

        @OptionGroup var options: TopicsOptions

        func run() async throws { try await self.options.run { try await $0.plan() } }
    }

    struct Apply: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "apply", abstract: "Make topics as they are declared, as far as that loses nothing.",
            discussion: """
                Makes missing topics, adds partitions, sets how long records are kept. Partitions are never taken \
                away; compaction and replicas are never changed. Ends with 0 where nothing differs any more, with 4 \
                where something is left, with 1 where nothing could be done.

                EXAMPLES
                  portarium topics apply --config portarium.yaml --dry-run
                  portarium topics apply --config portarium.yaml
                """)

        @Flag(help: "Show what would be done, like 'plan'.")
        var dryRun = false

        @OptionGroup var options: TopicsOptions

        func run() async throws {
            try await self.options.run { try await self.dryRun ? $0.plan() : $0.apply() }
        }
    }
}

/// The options of `portarium topics`.
struct TopicsOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A YAML file with settings. (env: PORTARIUM_CONFIG)", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("Brokers as host:port with commas between.", valueName: "brokers"))
    var kafka: String?

    @Flag(help: "Print the result as JSON, and what went wrong as one JSON object on the standard error.")
    var json = false

    /// Opens the log, runs `body`, and tells what came of it.
    /// - Throws: ``CommandFailure``, also with nothing to say where something differs.
    func run(_ body: (TopicsRun) async throws -> TopicsReport) async throws {
        let terminal = Terminal.current
        do {
            let configuration = try await self.read(terminal)
            let declared = configuration.allTopics(try configuration.routingTable())
            guard configuration.isOnKafka else { return try self.showEmbedded(declared.count, on: terminal) }
            let logger = Logger(label: "portarium") { label in
                TextLogHandler(label: label, level: .warning, colored: terminal.isErrorInteractive)
            }
            let log: KafkaEventLog
            do throws(EventLogError) {
                log = try KafkaEventLog(configuration: configuration.kafkaEventLog, logger: logger)
            } catch {
                throw CommandFailure(.failed, error.message)
            }
            let run = TopicsRun(keeper: log, declared: declared, prefix: configuration.log.topicPrefix)
            let report: TopicsReport
            do { report = try await body(run) } catch {
                await log.close()
                throw error
            }
            await log.close()
            try self.show(report, prefix: run.prefix, on: terminal)
        } catch let failure as CommandFailure {
            throw self.json ? failure.asJSON() : failure
        }
    }

    private func read(_ terminal: Terminal) async throws -> RouterConfiguration {
        let file = self.config ?? terminal.environment["PORTARIUM_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        let reading = try await RouterConfigurationReader(
            overrides: self.kafka.map { ["kafka.brokers": $0] } ?? [:], environment: terminal.environment, file: file
        ).read()
        for warning in reading.warnings { terminal.complain("portarium: \(warning)") }
        return reading.configuration
    }

    private func showEmbedded(_ topics: Int, on terminal: Terminal) throws {
        let json = JSONValue.object([
            "log": .string("embedded"), "topics": .integer(Int64(topics)), "differences": .array([]),
            "unseen": .array([]),
        ])
        try terminal.print(
            self.json
                ? json.serialized()
                : "The log is the embedded one, which makes its topics by itself: there is nothing to do. "
                    + "Name brokers with --kafka or kafka.brokers for a log on Kafka.")
    }

    /// Prints a report, and ends with its status.
    func show(_ report: TopicsReport, prefix: String, on terminal: Terminal) throws {
        if self.json {
            try terminal.print(report.json.serialized())
        } else {
            try terminal.print(report.table ?? "\(report.topics) topics are as they are declared.")
            for line in report.lines {
                guard case .failed(let reason) = line.outcome else { continue }
                terminal.complain(TerminalText.safe("portarium: \(line.difference.topic): \(reason)"))
            }
        }
        if !report.unseen.isEmpty {
            terminal.complain(
                "portarium: it cannot be seen how \(report.unseen.count) topic(s) are kept, only their partitions were "
                    + "compared: it needs DescribeConfigs on the topics that begin with '\(prefix).'")
        }
        guard report.status == .done else { throw CommandFailure(report.status, "") }
    }
}
