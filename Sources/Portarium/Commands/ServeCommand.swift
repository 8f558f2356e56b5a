import ArgumentParser

/// `portarium serve`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the router.",
        discussion: """
            Settings come from the options below, then from PORTARIUM_… variables, then from the file, then from the \
            defaults. 'portarium check FILE' says what is wrong with a file; docs/configuration.md lists every setting.

            Spans go to the collector that tracing.endpoint names, else to the one of \
            OTEL_EXPORTER_OTLP_ENDPOINT; without either none are recorded.

            The router is ready when GET /readyz answers 200. SIGTERM and SIGINT end it: what is in flight is \
            finished, positions are stored, and it exits with 0.

            EXAMPLES
              portarium serve --config portarium.yaml --listen 0.0.0.0:8080
              portarium serve --kafka broker-1:9092,broker-2:9092
            """)

    @Option(help: ArgumentHelp("A YAML file with settings. (env: PORTARIUM_CONFIG)", valueName: "file"))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Where to listen; port 0 takes a free one. (default: 127.0.0.1:8080)", valueName: "host:port"))
    var listen: String?

    @Option(help: ArgumentHelp("Where the log keeps its files. (default: portarium-data)", valueName: "dir"))
    var dataDir: String?

    @Option(
        help: ArgumentHelp(
            "What this process does: ingress, dispatch, api, with commas between. (default: all)", valueName: "roles"))
    var roles: String?

    @Option(
        help: ArgumentHelp(
            "Keep the log on Kafka: brokers as host:port with commas between. (default: the embedded log)",
            valueName: "brokers"))
    var kafka: String?

    @Option(help: ArgumentHelp("The least important log lines that are written.", valueName: "level"))
    var logLevel: LogLevel?

    @Option(help: ArgumentHelp("How log lines look. (default: text on a terminal, else json)", valueName: "format"))
    var logFormat: LogFormat?

    func validate() throws {
        _ = try self.overrides()
    }

    func run() async throws {
        let terminal = Terminal.current
        let file = self.config ?? terminal.environment["PORTARIUM_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        let reading = try await RouterConfigurationReader(
            overrides: try self.overrides(), environment: terminal.environment, file: file
        ).read()
        for warning in reading.warnings { terminal.complain("portarium: \(warning)") }
        try await RouterServer(configuration: reading.configuration, isTerminal: terminal.isErrorInteractive).run()
    }

    /// The options as settings.
    func overrides() throws -> [String: String] {
        var overrides: [String: String] = [:]
        if let listen {
            let (host, port) = try Self.address(listen)
            overrides["server.listenHost"] = host
            overrides["server.listenPort"] = String(port)
        }
        if let roles {
            let words = roles.split(separator: ",").map { $0.filter { $0 != " " } }
            guard !words.isEmpty, words.allSatisfy({ RouterRole(rawValue: $0) != nil }) else {
                throw ValidationError(
                    "--roles must name roles of this build, ingress, dispatch or api, with commas between, "
                        + "not '\(roles)'.")
            }
            overrides["server.roles"] = words.joined(separator: ",")
        }
        if let kafka { overrides["kafka.brokers"] = kafka }
        if let dataDir { overrides["log.dataDirectory"] = dataDir }
        if let logLevel { overrides["observability.logLevel"] = logLevel.rawValue }
        if let logFormat { overrides["observability.logFormat"] = logFormat.rawValue }
        return overrides
    }

    /// `HOST:PORT`, `[IPv6]:PORT` or `:PORT` for every address.
    static func address(_ text: String) throws -> (host: String, port: Int) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { throw ValidationError("--listen must be HOST:PORT with a port of 0 to 65535, not '\(text)'.") }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            throw ValidationError("--listen: write an IPv6 address in brackets, like [::1]:8080.")
        }
        return (host.isEmpty ? "0.0.0.0" : host, port)
    }
}
