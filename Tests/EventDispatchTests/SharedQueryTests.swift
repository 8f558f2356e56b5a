import CloudEvents
import Delivery
import EventLog
import RouterTestKit
import Subscriptions
import Testing

@testable import EventDispatch

/// What a process answers about partitions that another one dispatches.
@Suite(.timeLimit(.minutes(1))) struct SharedQueryTests {
    /// The first of two replicas dispatches everything; the second is asked.
    private func with(_ body: (_ busy: PlacedReplica, _ asked: PlacedReplica) async throws -> Void) async throws {
        try await PlacedReplica.with { replicas in
            await replicas[0].dispatcher.assigned(PlacedReplica.events)
            _ = try await replicas[0].subscriptions.create(DispatchWorld.subscription())
            try await body(replicas[0], replicas[1])
        }
    }

    private func state(_ replica: PlacedReplica, _ id: String) async -> EventTrace.State? {
        try? await replica.events.trace(id: id, source: "/test", tenant: "t").subscriptions.first?.state
    }

    @Test func aDeliveredEventIsDeliveredWhoeverIsAsked() async throws {
        try await self.with { busy, asked in
            try await busy.publish(["1"])
            await until { busy.sink.deliveries.count == 1 }
            await until { await self.state(asked, "1") == .delivered }
        }
    }

    @Test func whatIsSettledIsDeliveredAlsoWhereNoAttemptsAreKept() async throws {
        try await PlacedReplica.with(2, { $0.recordsAttempts = false }) { replicas in
            await replicas[0].dispatcher.assigned(PlacedReplica.events)
            _ = try await replicas[0].subscriptions.create(DispatchWorld.subscription())
            replicas[0].sink.shut { $0.event == "2" }
            try await replicas[0].publish(["1", "2"])
            await until { replicas[0].sink.deliveries.count == 2 }
            await until { await self.state(replicas[1], "1") == .delivered }
            #expect(await self.state(replicas[1], "2") == .pending)
        }
    }

    @Test func aDeadLetterIsOneWhoeverIsAsked() async throws {
        try await self.with { busy, asked in
            busy.sink.answer(.rejected)
            try await busy.publish(["1"])
            await until { await self.state(asked, "1") == .deadLettered }
            let letters = try await asked.letters.list(
                tenant: "t", subscription: "s", reason: nil, page: PageRequest()
            ).items
            try await asked.letters.discard(letters[0].id, tenant: "t")
            await until { await self.state(busy, "1") == .deadLettered }
            let fate = try await busy.events.trace(id: "1", source: "/test", tenant: "t").subscriptions.first
            #expect(fate?.reason.contains("discarded") == true)
        }
    }

    @Test func whatIsTriedAgainIsRetryingWhoeverIsAsked() async throws {
        try await self.with { busy, asked in
            busy.sink.answer(.retry(afterMilliseconds: 600_000))
            try await busy.publish(["1"])
            await until { await self.state(asked, "1") == .retrying }
        }
    }

    @Test func aStreamFollowsPartitionsOfOthers() async throws {
        try await self.with { busy, asked in
            let stream = try await asked.events.stream(tenant: "t", filter: nil, from: .latest, resume: nil)
            var batches = stream.makeAsyncIterator()
            // The place where it begins.
            _ = try await batches.next()
            try await busy.publish(["1", "2"])
            var got: [String] = []
            while got.count < 2, let batch = try await batches.next() { got += batch.compactMap { $0.event?.id } }
            #expect(got == ["1", "2"])
        }
    }

    @Test func aSubscriptionsRedriveIsDeliveredByWhoeverHasItsPartition() async throws {
        try await self.with { busy, asked in
            let redrives = (0..<4).map { TopicPartition(Topic("portarium.redrives"), Partition($0)) }
            await asked.dispatcher.assigned(redrives)
            busy.sink.answer(.rejected)
            try await busy.publish(["1"])
            await until { await self.state(asked, "1") == .deadLettered }
            busy.sink.answer(.delivered)
            #expect(try await busy.letters.redrive(.subscription("s", filters: []), tenant: "t") == 1)
            await until { busy.sink.deliveries.count == 2 }
            await until { await self.state(busy, "1") == .delivered }
        }
    }
}
