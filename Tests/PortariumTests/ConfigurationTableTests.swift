import Configuration
import EventDispatch
import EventLog
import Foundation
import Ingress
import Testing

@testable import Portarium

/// The one table of settings.
struct ConfigurationTableTests {
    private static func key(_ name: String) -> ConfigurationKey? {
        ConfigurationKey.table.first { $0.name == name }
    }

    @Test func everyKeyIsThereOnce() {
        let names = ConfigurationKey.table.map(\.name)
        #expect(Set(names).count == names.count)
        let variables = ConfigurationKey.table.map(\.environmentName)
        #expect(Set(variables).count == variables.count)
    }

    @Test(arguments: ConfigurationKey.table.map(\.name))
    func defaultIsAllowed(_ name: String) throws {
        let key = try #require(Self.key(name))
        var configuration = RouterConfiguration()
        try key.apply(Self.value(key.defaultText, for: key), to: &configuration)
        #expect(configuration == RouterConfiguration())
    }

    @Test(arguments: ConfigurationKey.table.map(\.name))
    func environmentNameIsTheOneThatTheLibraryReads(_ name: String) throws {
        let key = try #require(Self.key(name))
        let provider = EnvironmentVariablesProvider(environmentVariables: [key.environmentName: "value"])
        let reader = ConfigReader(provider: provider.prefixKeys(with: "portarium"))
        #expect(reader.string(forKey: ConfigKey(key.path)) == "value")
    }

    @Test func integersOutsideTheirRangeAreRefusedAndTheBoundsAreTaken() throws {
        for key in ConfigurationKey.table {
            guard case .integer(let range, let path) = key.form else { continue }
            var configuration = RouterConfiguration()
            try key.apply(.integer(range.lowerBound), to: &configuration)
            #expect(configuration[keyPath: path] == range.lowerBound)
            try key.apply(.integer(range.upperBound), to: &configuration)
            #expect(configuration[keyPath: path] == range.upperBound)
            #expect(throws: ConfigurationFault.self) {
                try key.apply(.integer(range.lowerBound - 1), to: &configuration)
            }
            if range.upperBound < .max {
                #expect(throws: ConfigurationFault.self) {
                    try key.apply(.integer(range.upperBound + 1), to: &configuration)
                }
            }
        }
    }

    @Test(arguments: [
        ("com.portarium.run.RunStarted.v1", "portarium.runs"), ("com.portarium.run.X", "portarium.runs"),
        ("com.portarium.runs.X", "portarium.events"), ("com.portarium.approval.Granted", "portarium.approvals"),
        ("com.portarium.action.Done", "portarium.actions"), ("com.portarium.agent.Up", "portarium.agents"),
        ("com.portarium.robot.Up", "portarium.agents"), ("com.portarium.ticket.Opened", "portarium.work"),
        ("com.portarium.evidence.Recorded", "portarium.evidence"),
        ("com.portarium.deployment.Finished", "portarium.deployments"),
        ("com.portarium.webhook.Received", "portarium.webhooks"), ("com.portarium.workitem.Opened", "portarium.work"),
        ("com.github.push", "portarium.webhooks"), ("org.mautic.page_on_hit", "portarium.webhooks"),
        ("com.githubber.push", "portarium.events"), ("com.portarium.run", "portarium.events"),
        ("org.example", "portarium.events"), ("", "portarium.events"),
    ])
    func standardRoutesFollowTheAggregate(type: String, topic: String) throws {
        let table = try RouterConfiguration().routingTable()
        #expect(Array(type.utf8).withUnsafeBytes { table.topic(ofType: $0).name } == topic)
    }

    @Test func everyTopicOfTheRoutersOwnIsReserved() {
        let configuration = RouterConfiguration()
        let own =
            configuration.dispatchConfiguration(eventTopics: []).internalTopics(attemptRetentionAge: nil)
            + configuration.webhookService.topics + configuration.eventTypeService.topics
        #expect(own.map(\.topic.name).sorted() == TopicRoute.reservedTopics.map { "portarium.\($0)" })
        #expect(Set(own.map(\.topic)) == configuration.dispatchConfiguration(eventTopics: []).otherServicesTopics)
    }

    @Test func defaultsBreakNoRule() {
        for rule in ConfigurationRule.all {
            #expect(rule.holds(RouterConfiguration()), "\(rule.message)")
            for key in rule.keys { #expect(Self.key(key) != nil, "\(key)") }
        }
    }

    /// With PORTARIUM_REWRITE_DOCS=1 in the environment the page is written instead.
    @Test func documentationListsExactlyTheTable() throws {
        let page = Self.repository.appending(path: "docs/configuration.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let begin = try #require(text.range(of: ConfigurationReference.beginMark))
        let end = try #require(text.range(of: ConfigurationReference.endMark))
        let generated = "\n" + ConfigurationReference.markdown()
        if ProcessInfo.processInfo.environment["PORTARIUM_REWRITE_DOCS"] == "1" {
            let rewritten = text[..<begin.upperBound] + generated + text[end.lowerBound...]
            try String(rewritten).write(to: page, atomically: true, encoding: .utf8)
        } else {
            #expect(String(text[begin.upperBound..<end.lowerBound]) == generated)
        }
    }

    @Test func exampleOfTheDocumentationIsGood() throws {
        let page = Self.repository.appending(path: "docs/configuration.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let begin = try #require(text.range(of: "```yaml\n"))
        let end = try #require(text.range(of: "\n```", range: begin.upperBound..<text.endIndex))
        let check = ConfigurationCheck(Array(text[begin.upperBound..<end.lowerBound].utf8))
        #expect(check.issues.isEmpty)
        #expect(check.marks.count > 3)
    }

    private static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func value(_ text: String, for key: ConfigurationKey) throws -> ConfigurationValue {
        switch key.form {
        case .integer: return .integer(try #require(Int(text)))
        case .number: return .number(try #require(Double(text)))
        case .boolean: return .boolean(text == "true")
        case .text, .choice: return .text(text == ConfigurationKey.emptyText ? "" : text)
        case .secret: return .secret(Secret(text == ConfigurationKey.emptyText ? "" : text))
        case .list: return .list(text.dropFirst().dropLast().split(separator: ", ").map(String.init))
        }
    }
}
