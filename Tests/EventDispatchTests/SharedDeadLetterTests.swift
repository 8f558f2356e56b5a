import CloudEvents
import EventLog
import RouterTestKit
import Subscriptions
import Synchronization
import Testing

@testable import Delivery
@testable import EventDispatch

/// Dead letters where several processes share the log, and appends are not all or nothing.
@Suite(.timeLimit(.minutes(1))) struct SharedDeadLetterTests {
    private static let redrives = (0..<4).map { TopicPartition(Topic("portarium.redrives"), Partition($0)) }

    /// Letters of one subscription, written by the first replica.
    private func withLetters(_ count: Int, _ body: ([PlacedReplica], [DeadLetter]) async throws -> Void) async throws {
        try await PlacedReplica.with { replicas in
            _ = try await replicas[0].subscriptions.create(DispatchWorld.subscription())
            for id in 0..<count {
                let position = try await replicas[0].log.append([DispatchWorld.record("\(id)")])[0]
                try await replicas[0].dispatcher.deadLetters.write(self.write("\(id)", position), generation: "g")
            }
            let page = try await replicas[1].letters.list(
                tenant: "t", subscription: "s", reason: nil, page: PageRequest(limit: 200))
            try await body(replicas, page.items.reversed())
        }
    }

    private func write(_ id: String, _ position: Position) -> DeadLetterWrite {
        var event = CloudEvent(id: id, source: "/test", type: "a")
        event.attributes.append(name: "tenantid", value: "t")
        return DeadLetterWrite(
            id: 1, subscription: DispatchWorld.id(),
            event: DeliverableEvent(event: event, position: position, timestamp: Timestamp(milliseconds: 1)),
            reason: .rejected, attempts: 1,
            report: AttemptReport(meaning: .rejected, status: 400, error: nil, durationMilliseconds: 0))
    }

    private func redriven(_ replica: PlacedReplica) -> [String] {
        Self.redrives.flatMap { replica.log.base.records(of: $0) }.compactMap { $0.record.headers["ce_id"] }
    }

    private func known(_ replica: PlacedReplica) async throws -> [String] {
        try await replica.letters.list(tenant: "t", subscription: nil, reason: nil, page: PageRequest(limit: 200))
            .items.map(\.event.id).sorted()
    }

    @Test func everyProcessListsTheLettersThatOneWrote() async throws {
        try await self.withLetters(3) { replicas, letters in
            #expect(letters.map(\.event.id) == ["0", "1", "2"])
            let known = try await self.known(replicas[0])
            #expect(known == ["0", "1", "2"])
            #expect(try await replicas[1].letters.get(letters[1].id, tenant: "t").event.id == "1")
        }
    }

    @Test func whatOneDiscardedTheOtherDoesNotFind() async throws {
        try await self.withLetters(2) { replicas, letters in
            try await replicas[1].letters.discard(letters[0].id, tenant: "t")
            let error = await #expect(throws: ServiceError.self) {
                _ = try await replicas[0].letters.get(letters[0].id, tenant: "t")
            }
            #expect(error?.code == .notFound)
            #expect(try await self.known(replicas[0]) == ["1"])
        }
    }

    @Test func whatWasRedrivenIsSentBeforeItsLetterGoes() async throws {
        try await self.withLetters(3) { replicas, letters in
            // The process dies, or the log fails, between the two.
            replicas[0].log.letThrough(records: 3)
            await #expect(throws: ServiceError.self) {
                _ = try await replicas[0].letters.redrive(.subscription("s", filters: []), tenant: "t")
            }
            #expect(self.redriven(replicas[0]).count == 3)
            replicas[0].log.letThrough(records: nil)
            let left = try await self.known(replicas[0])
            #expect(left == ["0", "1", "2"])
            #expect(try await replicas[0].letters.redrive(.ids(letters.map(\.id)), tenant: "t") == 3)
            #expect(self.redriven(replicas[0]).count == 6)
            for replica in replicas { #expect(try await self.known(replica).isEmpty) }
        }
    }

    @Test func noLetterGoesWhoseEventCouldNotBeSent() async throws {
        try await self.withLetters(3) { replicas, _ in
            replicas[0].log.letThrough(records: 2)
            await #expect(throws: ServiceError.self) {
                _ = try await replicas[0].letters.redrive(.subscription("s", filters: []), tenant: "t")
            }
            replicas[0].log.letThrough(records: nil)
            let left = try await self.known(replicas[1])
            #expect(left == ["0", "1", "2"])
        }
    }

    @Test func aLetterThatAnotherProcessRedroveIsNotSentAgain() async throws {
        try await self.withLetters(2) { replicas, letters in
            let ends = self.redriven(replicas[0]).count
            _ = try await replicas[0].letters.redrive(.ids([letters[0].id]), tenant: "t")
            #expect(try await replicas[1].letters.redrive(.subscription("s", filters: []), tenant: "t") == 1)
            let other = PlacedReplica(replicas[0].log.base, sink: replicas[0].sink)
            try await other.load()
            let error = await #expect(throws: ServiceError.self) {
                _ = try await other.letters.redrive(.ids([letters[0].id]), tenant: "t")
            }
            #expect(error?.code == .notFound)
            #expect(self.redriven(replicas[0]).count - ends == 2)
        }
    }

    @Test func anOwnTombstoneThatComesBackTakesNoNewerLetter() async throws {
        try await self.withLetters(1) { replicas, letters in
            _ = try await replicas[0].letters.redrive(.ids(letters.map(\.id)), tenant: "t")
            try await replicas[0].dispatcher.deadLetters.write(self.write("0", letters[0].position), generation: "g")
            for replica in replicas { #expect(try await self.known(replica) == ["0"]) }
        }
    }

    @Test func aLetterThatComesAgainBeforeTheFirstOnesTombstoneStays() async throws {
        try await self.withLetters(1) { replicas, letters in
            let (first, channel) = (letters[0], replicas[1].dispatcher.deadLetters)
            let redrives = Self.redrives
            // Between the two appends of the redrive the event is read, rejected, and a letter again.
            replicas[0].log.interlude.withLock { interlude in
                interlude = { record in
                    guard record.topic.name == "portarium.dead-letters", record.record.value == nil else { return }
                    for topicPartition in redrives {
                        for element in replicas[0].log.base.records(of: topicPartition) {
                            let position = Position(topicPartition, element.offset)
                            try? await channel.write(self.write("0", position), generation: "g")
                            try? await channel.write(self.write("0", position), generation: "g")
                        }
                    }
                }
            }
            #expect(try await replicas[0].letters.redrive(.ids([first.id]), tenant: "t") == 1)
            for replica in replicas {
                let page = try await replica.letters.list(
                    tenant: "t", subscription: "s", reason: nil, page: PageRequest())
                #expect(page.items.map(\.position) == [first.position])
                #expect(page.items.map(\.attempts) == [2])
                #expect(page.items.first?.id.hasPrefix("\(first.id)~") == true)
                #expect(replica.dispatcher.deadLetters.isDeadLettered(generation: "g", origin: first.position))
            }
            replicas[0].log.interlude.withLock { $0 = nil }
            let again = try await self.ids(replicas[1])
            #expect(try await replicas[1].letters.redrive(.ids(again), tenant: "t") == 1)
            for replica in replicas {
                #expect(try await self.ids(replica).isEmpty)
                #expect(!replica.dispatcher.deadLetters.isDeadLettered(generation: "g", origin: first.position))
            }
        }
    }

    private func ids(_ replica: PlacedReplica) async throws -> [String] {
        try await replica.letters.list(tenant: "t", subscription: nil, reason: nil, page: PageRequest(limit: 200))
            .items.map(\.id)
    }

    @Test func lettersOfAReplayAreFiledAlikeEverywhere() async throws {
        try await PlacedReplica.with { replicas in
            try await replicas[0].publish(["1"])
            _ = try await replicas[0].subscriptions.create(DispatchWorld.subscription())
            try await replicas[0].leadership.assigned([PlacedReplica.replays])
            replicas[0].sink.answer(.rejected)
            let replay = try await replicas[0].replays.create(
                ReplayRequest(tenant: "t", target: .subscription("s")))
            await until { await replicas[1].status(of: replay) == .done }
            let page = try await replicas[1].letters.list(
                tenant: "t", subscription: "s", reason: nil, page: PageRequest())
            #expect(page.items.map(\.replayID) == [replay.id])
            #expect(try await replicas[1].replays.get(replay.id, tenant: "t").failed == 1)
        }
    }
}
