import EventLog
import Ingress
import Testing

@testable import Portarium

struct RoutingTableTests {
    private func topic(ofType type: String, in configuration: RouterConfiguration) throws -> String {
        let table = try configuration.routingTable()
        return Array(type.utf8).withUnsafeBytes { table.topic(ofType: $0).name }
    }

    @Test(arguments: [
        ("com.portarium.run.RunStarted.v1", "portarium.runs"), ("com.portarium.run.X", "portarium.runs"),
        ("com.portarium.workflow.Ended", "portarium.runs"), ("com.portarium.runs.X", "portarium.events"),
        ("com.portarium.approval.Granted", "portarium.approvals"), ("com.portarium.action.Done", "portarium.actions"),
        ("com.portarium.agent.Up", "portarium.agents"), ("com.portarium.evidence.Recorded", "portarium.evidence"),
        ("com.portarium.deployment.Finished", "portarium.deployments"),
        ("com.portarium.webhook.Received", "portarium.webhooks"), ("com.portarium.workitem.Opened", "portarium.work"),
        ("com.portarium.humantask.Opened", "portarium.work"), ("com.portarium.run", "portarium.events"),
        ("org.example", "portarium.events"), ("", "portarium.events"),
    ])
    func theStandardRoutesFollowTheAggregate(type: String, topic: String) throws {
        #expect(try self.topic(ofType: type, in: RouterConfiguration()) == topic)
    }

    @Test func theTopicsHaveTheConfiguredPrefix() throws {
        var configuration = RouterConfiguration()
        configuration.log.topicPrefix = "acme"
        #expect(try self.topic(ofType: "com.portarium.run.X", in: configuration) == "acme.runs")
        #expect(try self.topic(ofType: "org.example", in: configuration) == "acme.events")
        configuration.log.topicPrefix = "no spaces"
        #expect(throws: EventLogError.self) { try configuration.routingTable() }
    }

    @Test func everyTopicIsSpecifiedOnceWithWhatIsConfiguredForIt() throws {
        var configuration = RouterConfiguration()
        configuration.log.partitions = 12
        configuration.log.retentionAgeSeconds = 0
        configuration.log.retentionBytesPerPartitionMax = 1 << 30
        configuration.log.topicPartitions = [TopicSetting(topic: "runs", value: 3)]
        let specifications = configuration.topicSpecifications(try configuration.routingTable())
        #expect(
            specifications.map(\.topic.name).sorted() == [
                "portarium.actions", "portarium.agents", "portarium.approvals", "portarium.deployments",
                "portarium.events", "portarium.evidence", "portarium.runs", "portarium.webhooks", "portarium.work",
            ])
        for specification in specifications {
            #expect(specification.partitions == (specification.topic.name == "portarium.runs" ? 3 : 12))
            #expect(!specification.isCompacted)
            #expect(specification.retentionAge == nil)
            #expect(specification.retentionBytesMax == 1 << 30)
        }
    }
}
