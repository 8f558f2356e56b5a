import ArgumentParser
import Logging
import Observability

/// Where keys are looked after: in a log that no router serves from, or at a router.
struct KeyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The directory of an embedded log, while no router runs on it: the first key is made so.",
            valueName: "dir"))
    var dataDir: String?

    @Option(
        help: ArgumentHelp(
            "A YAML file with settings: the keys of its log, on Kafka also while routers run.", valueName: "file"))
    var config: String?

    @OptionGroup(title: "The router") var server: ServerOptions

    /// Whether the log itself is written, and no router asked.
    var isLocal: Bool { self.dataDir != nil || self.config != nil }

    func validate() throws {
        if self.dataDir != nil, self.config != nil {
            throw ValidationError("Give --data-dir or --config, not both.")
        }
        if self.isLocal, self.server.server != nil || self.server.key != nil {
            throw ValidationError("--server and --key are for a router that runs; --data-dir and --config for its log.")
        }
    }

    /// Opens the log, runs `body` with its keys, and closes it.
    /// - Throws: ``CommandFailure``, as JSON where that is wanted.
    func withLog(_ body: (LocalKeys, Terminal) async throws -> Void) async throws {
        let terminal = Terminal.current
        do {
            let reading = try await RouterConfigurationReader(
                overrides: self.dataDir.map { ["log.dataDirectory": $0, "kafka.brokers": ""] } ?? [:],
                environment: terminal.environment, file: self.config
            ).read()
            for warning in reading.warnings { terminal.complain("portarium: \(warning)") }
            let logger = Logger(label: "portarium") { label in
                TextLogHandler(label: label, level: .warning, colored: terminal.isErrorInteractive)
            }
            try await LocalKeys.with(reading.configuration, logger: logger) { try await body($0, terminal) }
        } catch let failure as CommandFailure {
            throw self.server.json ? failure.asJSON() : failure
        }
    }
}
