import Foundation
import KafkaEventLog
import Testing

@testable import Portarium

/// Secrets: where they come from, and that nothing shows them.
struct SecretTests {
    private static let text = "pssst-3f9c"
    private static let secrets = ConfigurationKey.table.filter(\.isSecret)

    private func failure(_ environment: [String: String]) async -> CommandFailure? {
        do {
            _ = try await RouterConfigurationReader(environment: environment, file: nil).read()
            return nil
        } catch {
            return error as? CommandFailure
        }
    }

    private func dumped(_ value: Any) -> String {
        var text = ""
        dump(value, to: &text)
        return text + "\(value)" + String(reflecting: value)
    }

    @Test func everySecretHasAFileBesideIt() {
        #expect(Self.secrets.map(\.name).sorted() == SecretFile.all.map(\.name).sorted())
        for secret in SecretFile.all {
            #expect(ConfigurationKey.table.contains { $0.name == "\(secret.name)File" && !$0.isSecret })
        }
    }

    @Test func namesThatSoundSecretAreSecretOrNameAFile() {
        for key in ConfigurationKey.table {
            let name = key.path.last?.lowercased() ?? ""
            guard name.contains("password") || name.contains("secret") || name.contains("token") else { continue }
            #expect(key.isSecret || name.hasSuffix("file") || name.hasSuffix("endpoint"), "\(key.name)")
        }
    }

    @Test func nothingThatIsPrintedShowsASecret() throws {
        var configuration = RouterConfiguration()
        for key in Self.secrets { try key.apply(.secret(Secret(Self.text)), to: &configuration) }
        let properties = try #require(ConfigurationKey.table.first { $0.name == "kafka.properties" })
        try properties.apply(.list(["ssl.keystore.password=\(Self.text)"]), to: &configuration)
        configuration.kafka.tls = true
        for mechanism in SASLMechanism.allCases {
            configuration.kafka.saslMechanism = mechanism
            let log = configuration.kafkaEventLog
            for value in [configuration, log, log.security, configuration.kafka] as [Any] {
                #expect(!self.dumped(value).contains(Self.text), "\(mechanism)")
            }
        }
        // The values are there all the same.
        #expect(configuration.kafkaEventLog.properties == ["ssl.keystore.password": Self.text])
        #expect(self.dumped(Secret(Self.text)).contains("[secret]"))
        #expect(!self.dumped(ConfigurationValue.secret(Secret(Self.text))).contains(Self.text))
        #expect("\(Secret())" == "")
    }

    @Test(arguments: ["saslPassword: [pssst-3f9c]", "properties: [pssst-3f9c]", "properties: ['acks=pssst-3f9c']"])
    func faultsOfAFileDoNotShowASecret(_ line: String) async throws {
        try await TemporaryFile.with("kafka:\n  \(line)\n  partitions: 0\n") { file in
            for arguments in [
                ["check", file.path], ["check", "--json", file.path], ["serve", "--config", file.path],
            ] {
                let terminal = CapturedTerminal()
                #expect(await terminal.run(arguments) == .usage)
                let said = terminal.output + terminal.errors
                #expect(said.contains("kafka.properties") || said.contains("kafka.saslPassword"))
                #expect(!said.contains(Self.text))
            }
        }
    }

    @Test func faultsOfVariablesDoNotShowASecret() async {
        var environment = Dictionary(uniqueKeysWithValues: Self.secrets.map { ($0.environmentName, Self.text) })
        for secret in SecretFile.all { environment[secret.variable] = "/nonexistent/\(secret.name)" }
        environment["PORTARIUM_KAFKA_PROPERTIES"] = "\(Self.text),sasl.password=\(Self.text)"
        environment["PORTARIUM_KAFKA_SASL_PASSWORT"] = Self.text
        let failure = await self.failure(environment)
        #expect(failure?.details.isEmpty == false)
        #expect(!self.dumped(failure as Any).contains(Self.text))
    }

    @Test(arguments: [("pssst", "pssst"), ("pssst\n", "pssst"), ("pssst\r\n", "pssst"), (" a b \n\n", " a b \n")])
    func aFileGivesTheSecretWithoutItsLastLineBreak(contents: String, secret: String) async throws {
        for place in SecretFile.all {
            try await TemporaryFile.with(contents) { file in
                var configuration = RouterConfiguration()
                configuration[keyPath: place.file] = file.path
                try place.read(into: &configuration)
                #expect(configuration[keyPath: place.secret].revealed == secret)
            }
        }
    }

    @Test func theReaderReadsTheFiles() async throws {
        try await TemporaryFile.with("\(Self.text)\n") { file in
            let environment = [
                "PORTARIUM_KAFKA_SASL_MECHANISM": "PLAIN", "PORTARIUM_KAFKA_SASL_USER": "u",
                "PORTARIUM_KAFKA_SASL_PASSWORD_FILE": file.path,
            ]
            let reading = try await RouterConfigurationReader(environment: environment, file: nil).read()
            #expect(
                reading.configuration.kafkaEventLog.security.authentication
                    == .plain(user: "u", password: Self.text))
        }
    }

    @Test func aFileThatCannotBeReadIsNamed() async throws {
        try await TemporaryFile.with("\n") { empty in
            for (path, reason) in [("/nonexistent/password", "cannot read"), (empty.path, "is empty")] {
                let failure = await self.failure([
                    "PORTARIUM_KAFKA_SASL_MECHANISM": "PLAIN", "PORTARIUM_KAFKA_SASL_USER": "u",
                    "PORTARIUM_KAFKA_SASL_PASSWORD_FILE": path,
                ])
                #expect(failure?.status == .usage)
                #expect(failure?.details.count == 1)
                #expect(failure?.details.first?.hasPrefix("kafka.saslPasswordFile: ") == true)
                #expect(failure?.details.first?.contains(path) == true)
                #expect(failure?.details.first?.contains(reason) == true)
            }
        }
    }
}

extension SecretFile {
    /// The variable that names the file.
    fileprivate var variable: String {
        ConfigurationKey.table.first { $0.name == "\(self.name)File" }?.environmentName ?? ""
    }
}
