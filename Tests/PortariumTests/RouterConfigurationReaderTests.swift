import Testing

@testable import Portarium

/// The command line over the environment over the file over the defaults.
struct RouterConfigurationReaderTests {
    private func failure(_ reader: RouterConfigurationReader) async -> CommandFailure? {
        do {
            _ = try await reader.read()
            return nil
        } catch {
            return error as? CommandFailure
        }
    }

    @Test func nothingSaidIsTheDefaults() async throws {
        let reading = try await RouterConfigurationReader(environment: [:], file: nil).read()
        #expect(reading.configuration == RouterConfiguration())
        #expect(reading.warnings == [])
    }

    @Test func eachSourceOverrulesTheNext() async throws {
        let yaml = """
            server: {listenPort: 1, headersMax: 100, connectionsMax: 7}
            observability: {attemptHistory: false, logLevel: error}
            routes: ["com.file.=runs"]
            """
        try await TemporaryFile.with(yaml) { file in
            let reader = RouterConfigurationReader(
                overrides: ["server.listenPort": "3", "observability.logLevel": "debug"],
                environment: [
                    "PORTARIUM_SERVER_LISTEN_PORT": "2", "PORTARIUM_SERVER_HEADERS_MAX": "200",
                    "PORTARIUM_ROUTES": "com.env.=runs, com.other.=work", "PORTARIUM_LOG_TOPIC_PARTITIONS": "runs=2",
                ],
                file: file.path)
            let configuration = try await reader.read().configuration
            #expect(configuration.server.listenPort == 3)
            #expect(configuration.server.headersMax == 200)
            #expect(configuration.server.connectionsMax == 7)
            #expect(configuration.observability.logLevel == .debug)
            #expect(configuration.observability.attemptHistory == false)
            #expect(configuration.routes.map(\.typePrefix) == ["com.env.", "com.other."])
            #expect(configuration.log.topicPartitions == [TopicSetting(topic: "runs", value: 2)])
            #expect(configuration.dispatch == RouterConfiguration().dispatch)
        }
    }

    @Test func whatTheCheckTakesTheReaderReads() async throws {
        // Every key with its default written out, as a file would hold it.
        var sections: [String: [String]] = [:]
        for key in ConfigurationKey.table where key.path.count == 2 {
            sections[key.path[0], default: []].append("  \(key.path[1]): \(key.defaultText)")
        }
        let yaml = sections.sorted { $0.key < $1.key }.map { "\($0.key):\n\($0.value.joined(separator: "\n"))" }
            .joined(separator: "\n")
        try await TemporaryFile.with(yaml) { file in
            let check = ConfigurationCheck(Array(yaml.utf8))
            #expect(check.issues == [])
            #expect(check.marks.count == ConfigurationKey.table.count - 1)
            let reading = try await RouterConfigurationReader(environment: [:], file: file.path).read()
            #expect(reading.configuration == check.configuration)
            #expect(reading.configuration == RouterConfiguration())
        }
    }

    @Test(arguments: ["", "# only a comment\n", "server:\n", "server: {}\n"])
    func emptyFileIsRead(_ yaml: String) async throws {
        try await TemporaryFile.with(yaml) { file in
            let reading = try await RouterConfigurationReader(environment: [:], file: file.path).read()
            #expect(reading.configuration == RouterConfiguration())
        }
    }

    @Test func emptyVariableIsTheEmptyList() async throws {
        let reader = RouterConfigurationReader(environment: ["PORTARIUM_ROUTES": ""], file: nil)
        #expect(try await reader.read().configuration.routes == [])
    }

    @Test func faultsOfVariablesAreAllNamedByTheVariable() async {
        let failure = await self.failure(
            RouterConfigurationReader(
                environment: [
                    "PORTARIUM_SERVER_LISTEN_PORT": "eight", "PORTARIUM_LOG_PARTITIONS": "0",
                    "PORTARIUM_OBSERVABILITY_ATTEMPT_HISTORY": "perhaps",
                ], file: nil))
        #expect(failure?.status == .usage)
        #expect(
            failure?.details == [
                "PORTARIUM_SERVER_LISTEN_PORT: must be a whole number, 0 to 65535, not 'eight'",
                "PORTARIUM_LOG_PARTITIONS: must be 1 to 1024, not 0",
                "PORTARIUM_OBSERVABILITY_ATTEMPT_HISTORY: must be true or false, not 'perhaps'",
            ])
    }

    @Test func faultsOfTheFileHaveTheirPlace() async throws {
        try await TemporaryFile.with("log:\n  partitions: 0\n") { file in
            let failure = await self.failure(RouterConfigurationReader(environment: [:], file: file.path))
            #expect(failure?.status == .usage)
            #expect(failure?.details == ["\(file.path):2:15: log.partitions must be 1 to 1024, not 0"])
        }
    }

    @Test func contradictionBetweenSourcesIsSeen() async throws {
        try await TemporaryFile.with("limits:\n  eventBytesMax: 2000000\n") { file in
            let failure = await self.failure(
                RouterConfigurationReader(environment: ["PORTARIUM_SERVER_BODY_BYTES_MAX": "4096"], file: file.path))
            #expect(failure?.details.contains { $0.hasPrefix("limits.eventBytesMax must not be more than") } == true)
        }
    }

    @Test func unknownVariableIsWarnedOfAndThoseOfPlatformsAreLetBe() async throws {
        let reader = RouterConfigurationReader(
            environment: [
                "PORTARIUM_LOG_PARTITION": "3", "PORTARIUM_SERVICE_HOST": "10.0.0.1", "PORTARIUM_PORT": "tcp://x",
                "PORTARIUM_KEY": "k", "PATH": "/bin", "PORTARIUM_PORT_8080_TCP_ADDR": "10.0.0.1",
                "PORTARIUM_COLOUR": "1",
            ], file: nil)
        #expect(
            try await reader.read().warnings == [
                "PORTARIUM_COLOUR is not read: no setting has this name",
                "PORTARIUM_LOG_PARTITION is not read; did you mean PORTARIUM_LOG_PARTITIONS?",
            ])
    }

    @Test func missingFileIsAFaultOfTheCall() async {
        let failure = await self.failure(RouterConfigurationReader(environment: [:], file: "/nonexistent.yaml"))
        #expect(failure?.status == .usage)
    }
}
