import Delivery
import EventLog
import RouterTestKit
import Subscriptions
import Testing

@testable import EventDispatch

/// Several routers dispatch one log: every event once, in order, whoever comes and goes.
@Suite(.timeLimit(.minutes(1))) struct ReplicaTests {
    /// Only what is committed because a partition goes is committed in time.
    private static func rarely(_ configuration: inout DispatchConfiguration) {
        configuration.commitIntervalMilliseconds = 60_000
    }

    /// What is committed of the one subscription in a partition.
    private static func cursor(_ world: ReplicaWorld, in place: TopicPartition) async -> SubscriptionCursor? {
        let committed = try? await world.log.committed(groupsWithPrefix: GroupName.cursorPrefix)
        return committed?.values.first?[place].flatMap { SubscriptionCursor($0) }
    }

    @Test func replicasShareThePartitionsAndEveryEventIsDeliveredOnceInOrder() async throws {
        try await ReplicaWorld.with { world in
            let (a, b, c) = (await world.start("a"), await world.start("b"), await world.start("c"))
            _ = try await a.subscriptions.create(DispatchWorld.subscription())
            try await world.publish(300)
            await world.waitForDelivery(of: 300)
            #expect(world.redeliveries() == 0)
            #expect(world.isInOrder())
            #expect(a.sent > 0 && b.sent > 0 && c.sent > 0)
            #expect(a.sent + b.sent + c.sent == 300)
        }
    }

    @Test func whatIsWrittenInThePlaceOfLostRecordsIsDelivered() async throws {
        try await ReplicaWorld.with { world in
            let a = await world.start("a")
            _ = try await a.subscriptions.create(DispatchWorld.subscription())
            for number in 0..<50 { try await world.publish("\(number)", key: "k", partition: Partition(0)) }
            await world.waitForDelivery(of: 50)
            await world.waitForCommits(a)
            world.coordinator.log.truncate(TopicPartition(DispatchWorld.topic, Partition(0)), from: Offset(30))
            for number in 50..<60 {
                try await world.publish("\(number)", key: "k", partition: Partition(0), at: DispatchClock.wall)
            }
            await world.waitForDelivery(of: 60)
            #expect(world.redeliveries() == 0)
            #expect(world.isInOrder())
        }
    }

    /// What is committed of a subscription whose sink does not answer lies in what is lost.
    @Test(arguments: [false, true]) func aCursorInLostRecordsPassesNothingOver(isRestarted: Bool) async throws {
        try await ReplicaWorld.with { world in
            let a = await world.start("a")
            _ = try await a.subscriptions.create(DispatchWorld.subscription())
            world.sink.shut { _ in true }
            for number in 0..<50 { try await world.publish("\(number)", key: "k", partition: Partition(0)) }
            let place = TopicPartition(DispatchWorld.topic, Partition(0))
            await until { a.dispatcher.core.look { $0.machine.tailPosition(of: place) } == Offset(50) }
            await world.waitForCommits(a)
            if isRestarted { a.crash() }
            world.coordinator.log.truncate(place, from: Offset(30))
            if isRestarted { _ = await world.start("b") }
            for number in 50..<60 {
                try await world.publish("\(number)", key: "k", partition: Partition(0), at: DispatchClock.wall)
            }
            await until { await Self.cursor(world, in: place).map { $0.position <= 40 } ?? false }
            world.sink.open()
            await world.waitForDelivery(of: 40)
            #expect(Set(world.delivered()) == Set([Array(0..<30), Array(50..<60)].joined().map { "\($0)" }))
            #expect(world.isInOrder())
        }
    }

    @Test func replicasThatComeTakeOverWithoutDeliveringAgain() async throws {
        try await ReplicaWorld.with(change: Self.rarely) { world in
            let a = await world.start("a")
            _ = try await a.subscriptions.create(DispatchWorld.subscription())
            try await world.publish(100)
            let b = await world.start("b")
            try await world.publish(100)
            let c = await world.start("c")
            try await world.publish(100)
            await world.waitForDelivery(of: 300)
            await until { a.partitions.count == 2 && b.partitions.count == 2 && c.partitions.count == 2 }
            try await world.publish(100)
            await world.waitForDelivery(of: 400)
            #expect(world.redeliveries() == 0)
            #expect(world.isInOrder())
            #expect(b.sent > 0 && c.sent > 0)
        }
    }

    @Test func replicasThatLeaveHandOverWithoutDeliveringAgain() async throws {
        try await ReplicaWorld.with(change: Self.rarely) { world in
            let (a, b, c) = (await world.start("a"), await world.start("b"), await world.start("c"))
            _ = try await c.subscriptions.create(DispatchWorld.subscription())
            try await world.publish(100)
            await a.shutDown()
            try await world.publish(100)
            await c.shutDown()
            try await world.publish(100)
            await world.waitForDelivery(of: 300)
            await until { b.partitions.count == 6 }
            #expect(world.redeliveries() == 0)
            #expect(world.isInOrder())
        }
    }

    @Test func aPartitionThatComesBackGoesOnWhereTheOtherStopped() async throws {
        try await ReplicaWorld.with(change: Self.rarely) { world in
            let a = await world.start("a")
            _ = try await a.subscriptions.create(DispatchWorld.subscription())
            for round in 1...3 {
                let b = await world.start("b\(round)")
                try await world.publish(50)
                await world.waitForDelivery(of: 100 * round - 50)
                await b.shutDown()
                await until { a.partitions.count == 6 }
                try await world.publish(50)
                await world.waitForDelivery(of: 100 * round)
            }
            #expect(world.redeliveries() == 0)
            #expect(world.isInOrder())
        }
    }

    @Test func whatASinkHasNotAnsweredIsWaitedForBeforeThePartitionGoes() async throws {
        try await ReplicaWorld.with(change: Self.rarely) { world in
            let a = await world.start("a")
            _ = try await a.subscriptions.create(DispatchWorld.subscription())
            world.sink.shut { _ in true }
            try await world.publish(10)
            await until { !world.delivered().isEmpty }
            async let b = world.start("b")
            await until { a.partitions.count < 6 }
            #expect(world.coordinator.partitions(of: "b").filter { $0.topic == DispatchWorld.topic }.isEmpty)
            world.sink.open()
            #expect(await b.partitions.isEmpty == false)
            await world.waitForDelivery(of: 10)
            #expect(world.redeliveries() == 0)
        }
    }

    @Test func aSinkThatDoesNotAnswerHoldsAPartitionForALimitedTimeOnly() async throws {
        try await ReplicaWorld.with(partitions: 4, change: { $0.revokeTimeoutMilliseconds = 20 }) { world in
            let a = await world.start("a")
            _ = try await a.subscriptions.create(DispatchWorld.subscription())
            world.sink.shut { _ in true }
            try await world.publish(20)
            await until { !world.delivered().isEmpty }
            let b = await world.start("b")
            // What hung is sent by the one that has the partition now; the late answer to the other changes nothing.
            world.sink.open()
            await world.waitForDelivery(of: 20)
            #expect(b.sent > 0)
            #expect(world.isInOrder())
        }
    }

    @Test func aCrashLosesNothingAndKeepsTheOrder() async throws {
        try await ReplicaWorld.with { world in
            let (a, b) = (await world.start("a"), await world.start("b"))
            _ = try await a.subscriptions.create(DispatchWorld.subscription())
            try await world.publish(100)
            await until { a.sent > 5 }
            a.crash()
            try await world.publish(100)
            await world.waitForDelivery(of: 200)
            await until { b.partitions.count == 6 }
            #expect(world.isInOrder())
            #expect(world.redeliveries() <= 100)
            await world.waitForCommits(b)
            let before = world.redeliveries()
            let c = await world.start("c")
            try await world.publish(60)
            await world.waitForDelivery(of: 260)
            #expect(c.sent > 0)
            #expect(world.redeliveries() == before)
        }
    }

    @Test func aReplicaThatWasTakenForDeadDropsItsPartitionsAndComesBack() async throws {
        try await ReplicaWorld.with { world in
            let (a, b) = (await world.start("a"), await world.start("b"))
            _ = try await a.subscriptions.create(DispatchWorld.subscription())
            try await world.publish(50)
            await world.waitForDelivery(of: 50)
            await world.waitForCommits(a, b)
            world.coordinator.expel("a")
            await until { a.partitions.count == 3 && b.partitions.count == 3 }
            try await world.publish(50)
            await world.waitForDelivery(of: 100)
            #expect(world.redeliveries() == 0)
            #expect(world.isInOrder())
            // Its commits go on: those of partitions that are another's are planned no more.
            await until { a.dispatcher.core.look { !$0.machine.isCommitting } }
            try await a.dispatcher.recordPositions()
        }
    }

    @Test func positionsThatCannotBeReadAreAskedForAgain() async throws {
        try await ReplicaWorld.with { world in
            let a = await world.start("a")
            _ = try await a.subscriptions.create(DispatchWorld.subscription())
            try await world.publish(50)
            await world.waitForDelivery(of: 50)
            let calls = world.log.calls(of: .committed)
            world.log.setFault(.fails(EventLogError(.unavailable, "told to fail")), on: .committed, times: 5)
            _ = await world.start("b")
            #expect(world.log.calls(of: .committed) >= calls + 5)
            try await world.publish(50)
            await world.waitForDelivery(of: 100)
            #expect(world.redeliveries() == 0)
        }
    }

    @Test func partitionsThatATopicGetsLaterAreReadFromTheirBeginning() async throws {
        try await ReplicaWorld.with(partitions: 4) { world in
            let (a, b) = (await world.start("a"), await world.start("b"))
            _ = try await a.subscriptions.create(DispatchWorld.subscription())
            try await world.log.createTopic(TopicSpecification(topic: DispatchWorld.topic, partitions: 6))
            let added = [4, 5].map { TopicPartition(DispatchWorld.topic, Partition($0)) }
            for place in added {
                try await world.publish("before-\(place.partition)", key: "k", partition: place.partition)
            }
            world.coordinator.add(added)
            await until { a.partitions.count + b.partitions.count == 6 }
            for place in added {
                try await world.publish("after-\(place.partition)", key: "k", partition: place.partition)
            }
            await world.waitForDelivery(of: 4)
            #expect(world.redeliveries() == 0)
        }
    }
}
