import NetworkGuard
import Testing

@testable import Portarium

/// `portarium check`: every fault with its place.
struct ConfigurationCheckTests {
    private func issues(_ yaml: String) -> [String] {
        ConfigurationCheck(Array(yaml.utf8)).issues.map { "\($0.line):\($0.column) \($0.message)" }
    }

    @Test func goodFileHasNoIssuesAndItsValues() {
        let check = ConfigurationCheck(
            Array(
                """
                # comment
                server:
                  listenHost: 0.0.0.0
                  listenPort: 9_000
                auth: {mode: required}
                log: {partitions: 16, topicPartitions: ["runs=32"]}
                routes:
                  - com.example.=orders
                  - "=x=runs"
                observability:
                  attemptHistory: no
                  logFormat: json
                """.utf8))
        #expect(check.issues.isEmpty)
        #expect(check.configuration.server.listenHost == "0.0.0.0")
        #expect(check.configuration.server.listenPort == 9_000)
        #expect(check.configuration.log.partitions == 16)
        #expect(check.configuration.log.topicPartitions == [TopicSetting(topic: "runs", value: 32)])
        #expect(check.configuration.routes.map(\.typePrefix) == ["com.example.", "=x"])
        #expect(check.configuration.observability.attemptHistory == false)
        #expect(check.configuration.observability.logFormat == .json)
        #expect(check.marks.count == 8)
    }

    @Test(arguments: ["", "# nothing\n", "---\n", "~", "server:\n"])
    func emptyFileIsGood(_ yaml: String) { #expect(self.issues(yaml) == []) }

    @Test func unknownKeyIsNamedWithAGuess() {
        #expect(
            self.issues("server:\n  listenProt: 1\n")
                == ["2:3 there is no key 'server.listenProt'; did you mean 'server.listenPort'?"])
        #expect(self.issues("sever:\n  listenPort: 1\n") == ["1:1 there is no key 'sever'; did you mean 'server'?"])
        #expect(
            self.issues("partitions: 3\n") == ["1:1 there is no key 'partitions'; did you mean 'log.partitions'?"])
        #expect(self.issues("zebra: 3\n") == ["1:1 there is no key 'zebra'"])
        #expect(self.issues("server:\n  tls:\n    cert: x\n").count == 1)
    }

    @Test func wrongTypesAreNamedAtTheValue() {
        #expect(
            self.issues("server:\n  listenPort: eight\n")
                == ["2:15 server.listenPort must be a whole number, 0 to 65535, not 'eight'"])
        #expect(
            self.issues("server:\n  listenPort: 1.5\n")
                == ["2:15 server.listenPort must be a whole number, 0 to 65535, not '1.5'"])
        #expect(
            self.issues("server:\n  listenPort: [1]\n")
                == ["2:15 server.listenPort must be a whole number, 0 to 65535, not a list"])
        #expect(
            self.issues("observability:\n  attemptHistory: maybe\n")
                == ["2:19 observability.attemptHistory must be true or false, not 'maybe'"])
        #expect(
            self.issues("server: 8080\n") == ["1:9 server is a section: its keys belong on the lines below, indented"])
        #expect(self.issues("routes: runs\n") == ["1:9 routes must be a list of typePrefix=topic, not 'runs'"])
        #expect(
            self.issues("- server\n")
                == ["1:1 the file must hold sections with keys, such as 'server:' with 'listenPort: 8080'"])
    }

    @Test func valuesOutOfRangeAndBadWordsAreNamed() {
        #expect(
            self.issues("log:\n  partitions: 0\n\n  retentionSweepSeconds: 90000\n") == [
                "2:15 log.partitions must be 1 to 1024, not 0",
                "4:26 log.retentionSweepSeconds must be 1 to 86400, not 90000",
            ])
        #expect(
            self.issues("observability:\n  logLevel: inof\n")
                == [
                    "2:13 observability.logLevel must be one of trace, debug, info, notice, warning, error, critical, "
                        + "not 'inof'; did you mean 'info'?"
                ])
        #expect(
            self.issues("log:\n  topicPrefix: a b\n").first?.hasPrefix("2:16 log.topicPrefix 'a b' is no topic") == true
        )
        #expect(self.issues("server:\n  listenHost:\n").first?.contains("server.listenHost has no value") == true)
        #expect(self.issues("server:\n  defaultTenant: a b\n").count == 1)
    }

    @Test func elementsOfListsHaveTheirOwnPlace() {
        #expect(
            self.issues("routes:\n  - com.a.=runs\n  - com.b.\n")
                == ["3:5 routes 'com.b.' must be written typePrefix=topic"])
        #expect(
            self.issues("routes:\n  - com.=runs\n  - com.b.=runs\n")
                == ["3:5 routes 'com.b.=runs' is never reached: a route above it takes the same types"])
        #expect(
            self.issues("dispatch:\n  tenantWeights: [acme=3, evil corp=1]\n").count == 1)
        #expect(self.issues("dispatch:\n  tenantWeights: [acme=0]\n").count == 1)
        #expect(self.issues("dispatch:\n  tenantWeights: [acme=3, acme=4]\n").count == 1)
        #expect(self.issues("dispatch:\n  tenantWeights: [acme=3, evil=1000]\n").isEmpty)
        #expect(
            self.issues("log:\n  topicPartitions: [runs=1, runs=2]\n")
                == ["2:29 log.topicPartitions 'runs' is named twice"])
        #expect(self.issues("routes:\n  - {a: b}\n") == ["2:5 routes must hold texts only, not a section"])
    }

    @Test func whatServeWouldRefuseIsRefused() {
        #expect(
            self.issues("log:\n  defaultTopic: replays\n")
                == ["2:17 log.defaultTopic 'replays' is a topic of the router's own: choose another name"])
        #expect(
            self.issues("routes:\n  - com.a.=runs\n  - com.b.=dead-letters\n")
                == ["3:5 routes 'dead-letters' is a topic of the router's own: choose another name"])
        #expect(
            self.issues("log:\n  topicPrefix: \(String(repeating: "p", count: 240))\n").first?
                .hasPrefix("2:16 log.topicPrefix is too long") == true)
        #expect(
            self.issues("log:\n  fileBytesMax: 65536\n") == ["2:17 log.fileBytesMax must be 0, or 1048576 or more"])
        #expect(self.issues("log:\n  fileBytesMax: 1048576\n") == [])
        #expect(
            self.issues("log:\n  appendQueueRecordsMax: 100\n").first?
                .hasPrefix("2:26 limits.batchEventsMax must not be more than log.appendQueueRecordsMax") == true)
        #expect(
            self.issues("sink:\n  connectionsPerDestinationMax: 64\n").first?
                .hasPrefix("2:33 sink.connectionsPerDestinationMax must not be less than") == true)
        for line in [
            "limits: {attributesMax: 9991}", "dispatch: {windowEventsMax: 8193}", "server: {streamsMax: 0}",
            "sink: {connectTimeoutMilliseconds: 60001}", "dispatch: {catchUpWorkersMax: 65}",
        ] {
            #expect(self.issues(line + "\n").count == 1, "\(line)")
        }
    }

    @Test func networksAndHostsOfSinksAreReadAndNamedAtTheirElement() {
        #expect(
            self.issues("sink:\n  allowedNetworks:\n    - auto\n    - 10.0.0.5/8\n") == [
                "4:7 sink.allowedNetworks names '10.0.0.5/8', which has bits set behind its first 8: write 10.0.0.0/8"
            ])
        #expect(
            self.issues("sink:\n  allowedNetworks: [10.0.0.0/8, private]\n") == [
                "2:33 sink.allowedNetworks names 'private', which must be an address or a network such as 10.0.0.0/8 "
                    + "or fd00::/8"
            ])
        #expect(
            self.issues("sink:\n  allowedHosts: [a.example, 10.0.0.5]\n") == [
                "2:29 sink.allowedHosts names '10.0.0.5', an address: addresses belong in sink.allowedNetworks"
            ])
        #expect(
            self.issues("sink:\n  allowedHosts: [\"https://a.example\"]\n").first?
                .hasPrefix("2:18 sink.allowedHosts names 'https://a.example', which must be the name of") == true)
        let check = ConfigurationCheck(
            Array("sink:\n  allowedNetworks: [auto, \"::1\", 10.0.0.0/8]\n  allowedHosts: [A.example.]\n".utf8))
        #expect(check.issues.isEmpty)
        #expect(check.configuration.sink.allowedNetworks.networks.map(\.description) == ["::1/128", "10.0.0.0/8"])
        #expect(check.configuration.sink.allowedNetworks.isAutomatic)
        #expect(check.configuration.sink.allowedHosts == ["a.example"])
    }

    @Test func aSettingForATopicThatNoRouteHasIsNamedAtItsElement() {
        #expect(
            self.issues("log:\n  topicPartitions:\n    - runs=4\n    - run=4\n  topicRetentionAgeSeconds: [x=1]\n") == [
                "4:7 log.topicPartitions names 'run', a topic that no route has; did you mean 'runs'?",
                "5:30 log.topicRetentionAgeSeconds names 'x', a topic that no route has",
            ])
        #expect(self.issues("routes: [com.a.=mine]\nlog: {topicPartitions: [mine=2, events=3]}\n") == [])
    }

    @Test func rolesAreThoseOfThisBuild() {
        #expect(self.issues("server:\n  roles: [ingress, api]\n") == [])
        #expect(
            self.issues("server:\n  roles: [ingress, workflows]\n") == [
                "2:20 server.roles names 'workflows', which is no role of this build: choose from ingress, dispatch "
                    + "and api"
            ])
        #expect(self.issues("server:\n  roles: []\n") == ["2:10 server.roles must name one role at least"])
    }

    @Test func duplicateKeysAreAllNamedAndTheRestIsStillChecked() {
        #expect(
            self.issues(
                """
                server:
                  listenPort: 1
                  listenPort: 2
                log:
                  partitions: 1
                  partitions: 2
                  partitions: 3
                server:
                  bodyBytesMax: 1
                """) == [
                    "3:3 'listenPort' is there twice (first on line 2): keep one of them",
                    "6:3 'partitions' is there twice (first on line 5): keep one of them",
                    "7:3 'partitions' is there twice (first on line 5): keep one of them",
                    "8:1 'server' is there twice (first on line 1): keep one of them",
                ])
        #expect(
            self.issues("log:\n  partitions: 1\n  partitions: 2\n  sweep: 1\n").map { $0.split(separator: " ")[0] }
                == ["3:3", "4:3"])
    }

    @Test func duplicateKeysInBracesAreNamedAtTheFirst() {
        #expect(
            self.issues("log: {partitions: 1, partitions: 2}\n")
                == ["1:7 'partitions' is there twice in one mapping: keep one of them"])
    }

    @Test func syntaxErrorsHaveTheirPlace() {
        let tab = self.issues("server:\n\tlistenPort: 1\n")
        #expect(tab.count == 1)
        #expect(tab.first?.hasPrefix("2:1 this is no YAML: ") == true)
        #expect(self.issues("server: [1\n").first?.contains("this is no YAML") == true)
        #expect(self.issues("server:\n  listenHost: \"a\n").first?.contains("this is no YAML") == true)
        #expect(self.issues("a: *b\n").first?.hasPrefix("1:4 this is no YAML") == true)
        #expect(self.issues("server: {}\n---\nlog: {}\n").first?.contains("another document") == true)
    }

    @Test func bytesThatAreNoUTF8HaveTheirLine() {
        let check = ConfigurationCheck(Array("server:\n  listenHost: ".utf8) + [0xFF, 0x0A])
        #expect(check.issues.map(\.line) == [2])
        #expect(check.issues.first?.message == "this line is not UTF-8")
    }

    @Test func settingsThatContradictEachOtherAreNamed() {
        let issues = self.issues("limits:\n  eventBytesMax: 9000000\n")
        #expect(issues.count == 2)
        #expect(issues.allSatisfy { $0.hasPrefix("2:18 ") })
        #expect(
            self.issues("dispatch:\n  circuitOpenDelayMinMilliseconds: 2000\n  circuitOpenDelayMaxMilliseconds: 1000\n")
                == [
                    "2:36 dispatch.circuitOpenDelayMinMilliseconds must not be more than "
                        + "dispatch.circuitOpenDelayMaxMilliseconds"
                ])
    }

    @Test func commandPrintsPlacesAndEndsWithTwo() async throws {
        try await TemporaryFile.with("server:\n  listenProt: 1\n") { file in
            let terminal = CapturedTerminal()
            #expect(await terminal.run(["check", file.path]) == .usage)
            #expect(
                terminal.output
                    == "\(file.path):2:3: there is no key 'server.listenProt'; did you mean 'server.listenPort'?\n")
            let json = CapturedTerminal()
            #expect(await json.run(["check", "--json", file.path]) == .usage)
            let report = try #require(JSONValue(parsing: json.output.utf8))
            #expect(report["ok"] == false)
            #expect(report["errors"]?.elements?.first?["line"] == 2)
            #expect(report["errors"]?.elements?.first?["column"] == 3)
            #expect(report["errors"]?.elements?.first?["key"] == "server.listenProt")
        }
    }

    @Test func commandEndsWithZeroForAGoodFileAndWithTwoForNone() async throws {
        try await TemporaryFile.with("log:\n  partitions: 3\n") { file in
            let terminal = CapturedTerminal()
            #expect(await terminal.run(["check", file.path]) == .done)
            #expect(terminal.output == "\(file.path): good, 1 setting(s)\n")
        }
        let terminal = CapturedTerminal()
        #expect(await terminal.run(["check", "/nonexistent/portarium.yaml"]) == .usage)
        #expect(terminal.errors.contains("No such file"))
    }

    @Test func printedKeysAreTheReference() async {
        let terminal = CapturedTerminal()
        #expect(await terminal.run(["check", "--print-keys"]) == .done)
        #expect(
            terminal.output.contains("| `server.listenPort` | `PORTARIUM_SERVER_LISTEN_PORT` | 0 to 65535 | `8080` |"))
    }
}
