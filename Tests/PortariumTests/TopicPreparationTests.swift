import EventLog
import Logging
import Synchronization
import Testing

@testable import Portarium

/// What a start does about topics that somebody else keeps.
struct TopicPreparationTests {
    private let declared = [
        TopicSpecification(topic: Topic("p.runs"), partitions: 8, retentionAge: .seconds(60)),
        TopicSpecification(topic: Topic("p.subscriptions"), partitions: 1, isCompacted: true),
    ]

    /// The lines that were logged, as `level topic`.
    private final class Lines: Sendable {
        let lines = Mutex<[String]>([])
    }

    private struct LineHandler: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let topic = event.metadata?["topic"].map { "\($0)" } ?? "-"
            self.lines.lines.withLock { $0.append("\(event.level) \(topic)") }
        }
    }

    private func prepare(
        _ keeper: ScriptedTopicKeeper, createsTopics: Bool = true
    ) async throws -> [String] {
        let lines = Lines()
        let logger = Logger(label: "test") { _ in LineHandler(lines: lines) }
        try await TopicPreparation(keeper: keeper, createsTopics: createsTopics, logger: logger).prepare(self.declared)
        return lines.lines.withLock { $0 }
    }

    private func failure(_ keeper: ScriptedTopicKeeper, createsTopics: Bool = true) async -> CommandFailure? {
        do {
            _ = try await self.prepare(keeper, createsTopics: createsTopics)
            return nil
        } catch {
            return error as? CommandFailure
        }
    }

    @Test func missingTopicsAreMadeAndTheOthersLetBe() async throws {
        let keeper = ScriptedTopicKeeper(existing: [self.declared[1]])
        #expect(try await self.prepare(keeper) == ["info p.runs"])
        #expect(keeper.calls == ["make p.runs"])
        #expect(Set(keeper.existing) == Set(self.declared))
    }

    @Test func whereAllAreThereNothingIsMadeWhateverMayBeMade() async throws {
        for createsTopics in [true, false] {
            let keeper = ScriptedTopicKeeper(existing: self.declared)
            #expect(try await self.prepare(keeper, createsTopics: createsTopics) == [])
            #expect(keeper.calls == [])
        }
    }

    @Test func withoutThePermissionTheStartNamesEveryMissingTopic() async {
        let keeper = ScriptedTopicKeeper()
        let failure = await self.failure(keeper, createsTopics: false)
        #expect(failure?.message.contains("'portarium topics apply'") == true)
        #expect(failure?.message.contains("kafka.createTopics is false") == true)
        #expect(
            failure?.details == [
                "p.runs: make it: 8 partitions, kept for 1 minute", "p.subscriptions: make it: 1 partition, compacted",
            ])
        #expect(keeper.calls == [])
    }

    @Test func aPrincipalWithoutTheRightIsToldWhichAndTheOthersAreTried() async {
        let keeper = ScriptedTopicKeeper(refusals: [Topic("p.runs"): ScriptedTopicKeeper.forbidden])
        let failure = await self.failure(keeper)
        #expect(failure?.status == .failed)
        #expect(
            failure?.details == [
                "p.runs: Topic authorization failed (it needs Create on the topic or on the cluster)"
            ])
        #expect(keeper.calls == ["make p.subscriptions"])
    }

    @Test func differencesAreWarningsAndNothingIsChanged() async throws {
        var runs = self.declared[0]
        runs.partitions = 4
        runs.retentionAge = nil
        let keeper = ScriptedTopicKeeper(existing: [runs, self.declared[1]])
        #expect(try await self.prepare(keeper) == ["warning p.runs", "warning p.runs"])
        #expect(keeper.calls == [])
    }

    @Test func settingsThatCannotBeSeenAreSaidOnce() async throws {
        let keeper = ScriptedTopicKeeper(existing: self.declared, unseen: Set(self.declared.map(\.topic)))
        #expect(try await self.prepare(keeper) == ["notice -"])
    }
}
