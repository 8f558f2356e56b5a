import ArgumentParser
import EventLog
import Testing

@testable import Portarium

/// `portarium topics`
struct TopicsCommandTests {
    private let runs = TopicSpecification(
        topic: Topic("p.runs"), partitions: 8, retentionAge: .seconds(60), retentionBytesMax: 10)
    private let work = TopicSpecification(topic: Topic("p.work"), partitions: 2)

    private func run(_ keeper: ScriptedTopicKeeper) -> TopicsRun {
        TopicsRun(keeper: keeper, declared: [self.runs, self.work], prefix: "p")
    }

    /// What people and programs see of a report, and the status.
    private func shown(
        _ report: TopicsReport, json: Bool = false
    ) throws -> (output: String, errors: String, status: Portarium.ExitStatus) {
        let terminal = CapturedTerminal()
        let options = try TopicsOptions.parse(json ? ["--json"] : [])
        do {
            try options.show(report, prefix: "p", on: terminal.terminal)
            return (terminal.output, terminal.errors, .done)
        } catch let failure as CommandFailure {
            #expect(failure.message == "")
            return (terminal.output, terminal.errors, failure.status)
        }
    }

    @Test func topicsAsDeclaredEndWithZero() async throws {
        let report = try await self.run(ScriptedTopicKeeper(existing: [self.runs, self.work])).plan()
        let shown = try self.shown(report)
        #expect(shown == ("2 topics are as they are declared.\n", "", .done))
    }

    @Test func aPlanShowsEveryDifferenceChangesNothingAndEndsWithFour() async throws {
        var runs = self.runs
        runs.partitions = 3
        runs.isCompacted = true
        let keeper = ScriptedTopicKeeper(existing: [runs])
        let shown = try self.shown(try await self.run(keeper).plan())
        #expect(shown.status == .partlyDone)
        let lines = shown.output.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[0].hasPrefix("TOPIC   DIFFERS IN  APPLY    WHAT"))
        #expect(lines[1].hasPrefix("p.runs  partitions  yes      add 5 to its 3 partitions: "))
        #expect(lines[2].hasPrefix("p.runs  compaction  by hand  it is compacted"))
        #expect(lines[3] == "p.work  missing     yes      make it: 2 partitions, kept for ever")
        #expect(keeper.calls == [])
    }

    @Test func applyingMakesAllThatLosesNothing() async throws {
        var runs = self.runs
        runs.partitions = 3
        runs.retentionAge = nil
        runs.retentionBytesMax = nil
        let keeper = ScriptedTopicKeeper(existing: [runs])
        let report = try await self.run(keeper).apply()
        #expect(report.status == .done)
        #expect(Set(keeper.existing) == [self.runs, self.work])
        #expect(report.lines.map(\.outcome) == [.applied, .applied, .applied, .applied])
        let again = try await self.run(keeper).apply()
        #expect(again.lines.isEmpty)
    }

    @Test func whatCannotBeAppliedIsLeftAndSaid() async throws {
        var runs = self.runs
        runs.partitions = 9
        let keeper = ScriptedTopicKeeper(existing: [runs, self.work])
        let shown = try self.shown(try await self.run(keeper).apply())
        #expect(shown.status == .partlyDone)
        #expect(shown.output.contains("by hand"))
        #expect(keeper.existing.contains(runs))
        #expect(keeper.calls == [])
    }

    @Test func aMissingRightIsNamedAndTheOthersAreTried() async throws {
        let keeper = ScriptedTopicKeeper(refusals: [self.runs.topic: ScriptedTopicKeeper.forbidden])
        let report = try await self.run(keeper).apply()
        let shown = try self.shown(report)
        #expect(shown.status == .partlyDone)
        #expect(
            shown.errors
                == "portarium: p.runs: Topic authorization failed (it needs Create on the topic or on the cluster)\n")
        #expect(keeper.calls == ["make p.work"])
    }

    @Test func whereNothingCouldBeDoneItEndsWithOne() async throws {
        let refusals = [self.runs.topic: ScriptedTopicKeeper.forbidden, self.work.topic: ScriptedTopicKeeper.forbidden]
        let report = try await self.run(ScriptedTopicKeeper(refusals: refusals)).apply()
        #expect(report.status == .failed)
    }

    @Test func topicsThatCannotBeSeenAreAFailureThatNamesTheRight() async throws {
        let run = self.run(ScriptedTopicKeeper(planError: ScriptedTopicKeeper.forbidden))
        let failure = await #expect(throws: CommandFailure.self) { try await run.plan() }
        #expect(failure?.status == .failed)
        #expect(failure?.message.hasSuffix("(it needs Describe on the topics that begin with 'p.')") == true)
    }

    @Test func brokersThatDoNotAnswerEndWithThree() async throws {
        let run = self.run(ScriptedTopicKeeper(planError: EventLogError(.unavailable, "no broker")))
        let failure = await #expect(throws: CommandFailure.self) { try await run.apply() }
        #expect(failure == CommandFailure(.unreachable, "no broker"))
    }

    @Test func unseenSettingsAreSaidWithTheRightThatIsMissing() async throws {
        let keeper = ScriptedTopicKeeper(existing: [self.runs, self.work], unseen: [self.runs.topic])
        let shown = try self.shown(try await self.run(keeper).plan())
        #expect(shown.status == .done)
        #expect(shown.errors.contains("it needs DescribeConfigs on the topics that begin with 'p.'"))
    }

    @Test func programsGetTheSameAsJSON() async throws {
        let keeper = ScriptedTopicKeeper(
            existing: [self.work], unseen: [self.work.topic],
            refusals: [self.runs.topic: EventLogError(.unavailable, "no broker")])
        let shown = try self.shown(try await self.run(keeper).apply(), json: true)
        let json = try #require(JSONValue(parsing: Array(shown.output.utf8)))
        #expect(json["log"] == .string("kafka"))
        #expect(json["topics"] == .integer(2))
        #expect(json["unseen"] == .array([.string("p.work")]))
        let difference = try #require(json["differences"]?.elements?.first)
        #expect(difference["topic"] == .string("p.runs"))
        #expect(difference["aspect"] == .string("missing"))
        #expect(difference["applicable"] == .boolean(true))
        #expect(difference["applied"] == .boolean(false))
        #expect(difference["error"] == .string("no broker"))
    }

    @Test func theEmbeddedLogMakesItsTopicsByItself() async throws {
        for arguments in [["topics", "plan"], ["topics", "apply"]] {
            let terminal = CapturedTerminal()
            #expect(await terminal.run(arguments) == .done)
            #expect(terminal.output.contains("makes its topics by itself"))
            let json = CapturedTerminal()
            #expect(await json.run(arguments + ["--json"]) == .done)
            let answer = try #require(JSONValue(parsing: Array(json.output.utf8)))
            #expect(answer["log"] == .string("embedded"))
            #expect(answer["differences"] == .array([]))
        }
    }

    @Test func faultsAreJSONWhereJSONIsAskedFor() async throws {
        let terminal = CapturedTerminal()
        #expect(await terminal.run(["topics", "plan", "--kafka", "b", "--json"]) == .usage)
        let fault = try #require(JSONValue(parsing: Array(terminal.errors.utf8)))
        #expect(fault["exitCode"] == .integer(2))
        #expect(terminal.errors.contains("must be written host:port"))
    }
}
