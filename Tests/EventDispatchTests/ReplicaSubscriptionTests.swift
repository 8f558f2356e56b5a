import Delivery
import EventLog
import RouterTestKit
import Subscriptions
import Synchronization
import Testing

@testable import EventDispatch

/// Subscriptions act the same whichever replica is asked.
@Suite(.timeLimit(.minutes(1))) struct ReplicaSubscriptionTests {
    private let topicPartition = TopicPartition(Topic("portarium.subscriptions"), Partition(0))

    private func code(_ body: () async throws -> Void) async -> ServiceError.Code? {
        do {
            try await body()
            return nil
        } catch { return (error as? ServiceError)?.code }
    }

    @Test func aSubscriptionOfAReplicaWithoutPartitionsStartsExactly() async throws {
        try await ReplicaWorld.with { world in
            let (a, b) = (await world.start("a"), await world.start("b"))
            let other = await world.start("other", takesPart: false)
            for number in 0..<20 { try await world.publish("before-\(number)", key: "k\(number)") }
            _ = try await other.subscriptions.create(DispatchWorld.subscription())
            try await world.publish(100)
            await world.waitForDelivery(of: 100)
            #expect(world.delivered().allSatisfy { !$0.hasPrefix("before") })
            #expect(world.redeliveries() == 0)
            #expect(a.sent + b.sent == 100)
        }
    }

    @Test func aSubscriptionThatBeginsEarlierGetsAllThatThereIs() async throws {
        try await ReplicaWorld.with { world in
            let (a, b) = (await world.start("a"), await world.start("b"))
            _ = try await a.subscriptions.create(DispatchWorld.subscription("first"))
            try await world.publish(50)
            await world.waitForDelivery(of: 50, to: "first")
            var all = DispatchWorld.subscription()
            all.config.start = .earliest
            _ = try await b.subscriptions.create(all)
            try await world.publish(50)
            await world.waitForDelivery(of: 100)
            #expect(world.redeliveries() == 0)
            #expect(world.isInOrder())
        }
    }

    @Test func aSubscriptionStartsExactlyWhereNobodyDispatchedWhenItWasMade() async throws {
        try await ReplicaWorld.with { world in
            let a = await world.start("a")
            try await world.publish(20)
            await until { await self.committed(world) == 20 }
            await a.shutDown()
            for number in 0..<20 { try await world.publish("between-\(number)", key: "k\(number)") }
            let other = await world.start("other", takesPart: false)
            _ = try await other.subscriptions.create(DispatchWorld.subscription())
            var all = DispatchWorld.subscription("all")
            all.config.start = .earliest
            _ = try await other.subscriptions.create(all)
            other.crash()
            _ = await world.start("b")
            try await world.publish(20)
            await world.waitForDelivery(of: 20)
            await world.waitForDelivery(of: 60, to: "all")
            #expect(Set(world.delivered()) == Set((20..<40).map(String.init)))
            #expect(world.redeliveries() + world.redeliveries(to: "all") == 0)
        }
    }

    /// What the tails have committed in all partitions together.
    private func committed(_ world: ReplicaWorld) async -> Int64? {
        let tails = try? await world.log.committed(groupsWithPrefix: GroupName.tail.name)[GroupName.tail]
        return tails?.reduce(0) { $0 + $1.value.offset.value }
    }

    @Test func pausesAndResumesActEverywhere() async throws {
        try await ReplicaWorld.with { world in
            let (a, b) = (await world.start("a"), await world.start("b"))
            _ = try await a.subscriptions.create(DispatchWorld.subscription())
            try await world.publish(20)
            await world.waitForDelivery(of: 20)
            _ = try await b.subscriptions.pause(DispatchWorld.id())
            #expect(await a.view()?.status == .paused)
            try await world.publish(20)
            await until { await a.view()?.lag == 20 }
            await until { await b.view()?.lag == 20 }
            #expect(world.delivered().count == 20)
            _ = try await a.subscriptions.resume(DispatchWorld.id())
            await world.waitForDelivery(of: 40)
            #expect(world.redeliveries() == 0)
            await until { await a.view()?.lag == 0 }
            await until { await b.view()?.lag == 0 }
            #expect(await b.view()?.status == .active)
        }
    }

    @Test func aChangeActsEverywhere() async throws {
        try await ReplicaWorld.with { world in
            let (a, b) = (await world.start("a"), await world.start("b"))
            _ = try await a.subscriptions.create(DispatchWorld.subscription())
            try await world.publish(20)
            await world.waitForDelivery(of: 20)
            _ = try await b.subscriptions.update(DispatchWorld.subscription(sink: "http://two.test/"))
            #expect(await a.view()?.stored.subscription.sink == "http://two.test/")
            try await world.publish(40)
            await world.waitForDelivery(of: 60)
            #expect(world.sink.deliveries.suffix(40).allSatisfy { $0.sink == "http://two.test/" })
            #expect(world.redeliveries() == 0)
        }
    }

    @Test func aSuspensionByOneReplicaHoldsTheOthersToo() async throws {
        try await ReplicaWorld.with { world in
            let (a, b) = (await world.start("a"), await world.start("b"))
            _ = try await a.subscriptions.create(DispatchWorld.subscription())
            world.sink.answer(.gone)
            try await world.publish("first", key: "k")
            await until { await a.view()?.status == .suspended }
            await until { await b.view()?.status == .suspended }
            world.sink.answer(.delivered)
            try await world.publish(20)
            await until { await b.view()?.lag == 21 }
            #expect(world.delivered() == ["first"])
            _ = try await b.subscriptions.resume(DispatchWorld.id())
            await world.waitForDelivery(of: 21)
        }
    }

    @Test func whatIsDeletedIsGoneEverywhereAndItsHeirBeginsAnew() async throws {
        try await ReplicaWorld.with { world in
            let (a, b) = (await world.start("a"), await world.start("b"))
            _ = try await a.subscriptions.create(DispatchWorld.subscription())
            try await world.publish(20)
            await world.waitForDelivery(of: 20)
            try await b.subscriptions.delete(DispatchWorld.id())
            #expect(await self.code { _ = try await a.subscriptions.get(DispatchWorld.id()) } == .notFound)
            #expect(a.dispatcher.core.look { $0.machine.slot(of: DispatchWorld.id()) } == nil)
            try await world.publish(20)
            _ = try await b.subscriptions.create(DispatchWorld.subscription(sink: "http://two.test/"))
            try await world.publish(20)
            await world.waitForDelivery(of: 40)
            #expect(Set(world.delivered()) == Set((0..<60).filter { $0 < 20 || $0 >= 40 }.map(String.init)))
            #expect(world.redeliveries() == 0)
        }
    }

    @Test func ofTwoThatAreCreatedAtOnceTheFirstInTheLogCountsEverywhere() async throws {
        try await ReplicaWorld.with { world in
            let (a, b) = (await world.start("a"), await world.start("b"))
            world.log.setFault(.hangs, on: .append)
            let (codes, live) = await withTaskGroup(of: ServiceError.Code?.self) { group in
                for (replica, sink) in [(a, "http://a.test/"), (b, "http://b.test/")] {
                    group.addTask {
                        await self.code {
                            _ = try await replica.subscriptions.create(DispatchWorld.subscription(sink: sink))
                        }
                    }
                }
                await until { world.log.calls(of: .append) == 2 }
                world.log.setFault(nil, on: .append)
                var codes: [ServiceError.Code?] = []
                for await code in group { codes.append(code) }
                return (codes, await a.view()?.stored)
            }
            #expect(codes.count { $0 == nil } == 1)
            #expect(codes.count { $0 == .conflict } == 1)
            let c = await world.start("c")
            for replica in [b, c] { #expect(await replica.view()?.stored == live) }
            try await world.publish(40)
            await world.waitForDelivery(of: 40)
            #expect(Set(world.sink.deliveries.map(\.sink)) == [live?.subscription.sink])
            #expect(world.redeliveries() == 0)
            // The loser takes back what it left.
            await until { b.subscriptions.catalog.withLock { $0.rivals.isEmpty } }
            await until { a.subscriptions.catalog.withLock { $0.rivals.isEmpty } }
        }
    }

    @Test func aChangeThatComesAfterADeletionBringsNothingBack() async throws {
        try await ReplicaWorld.with { world in
            let (a, b) = (await world.start("a"), await world.start("b"))
            _ = try await a.subscriptions.create(DispatchWorld.subscription())
            world.log.setFault(.hangs, on: .append, times: 1)
            let appends = world.log.calls(of: .append)
            async let change = self.code {
                _ = try await a.subscriptions.update(DispatchWorld.subscription(sink: "http://two.test/"))
            }
            await until { world.log.calls(of: .append) == appends + 1 }
            try await b.subscriptions.delete(DispatchWorld.id())
            world.log.setFault(nil, on: .append)
            #expect(await change == .notFound)
            for replica in [a, b] {
                await until {
                    await self.code { _ = try await replica.subscriptions.get(DispatchWorld.id()) } == .notFound
                }
            }
            await until { world.log.records(of: self.topicPartition).last?.record.value == nil }
        }
    }

    @Test func ofTwoChangesAtOnceTheLastInTheLogCountsEverywhere() async throws {
        try await ReplicaWorld.with { world in
            let (a, b) = (await world.start("a"), await world.start("b"))
            _ = try await a.subscriptions.create(DispatchWorld.subscription())
            world.log.setFault(.hangs, on: .append)
            let appends = world.log.calls(of: .append)
            async let first = self.code {
                _ = try await a.subscriptions.update(DispatchWorld.subscription(sink: "http://a.test/"))
            }
            async let second = self.code {
                _ = try await b.subscriptions.update(DispatchWorld.subscription(sink: "http://b.test/"))
            }
            await until { world.log.calls(of: .append) == appends + 2 }
            world.log.setFault(nil, on: .append)
            #expect(await first == nil)
            #expect(await second == nil)
            let sink = await a.view()?.stored.subscription.sink
            #expect(sink == "http://a.test/" || sink == "http://b.test/")
            #expect(await b.view()?.stored.subscription.sink == sink)
        }
    }

    @Test func theLagIsTheSameWhicheverReplicaIsAsked() async throws {
        try await ReplicaWorld.with { world in
            let (a, b) = (await world.start("a"), await world.start("b"))
            let other = await world.start("other", takesPart: false)
            _ = try await a.subscriptions.create(DispatchWorld.subscription())
            world.sink.answer(.retry(afterMilliseconds: 600_000))
            try await world.publish(30)
            for replica in [a, b, other] {
                await until {
                    let page = try? await replica.subscriptions.list(tenant: "t", page: PageRequest())
                    return page?.items.map(\.lag) == [30]
                }
            }
        }
    }

    @Test func leftoversAreClearedAwayAtTheSecondLookOnly() async throws {
        try await ReplicaWorld.with { world in
            let cursor = SubscriptionCursor(generation: "x", isDetached: true, position: 0).committed
            let place = TopicPartition(DispatchWorld.topic, Partition(0))
            let seen = GroupName.cursor(of: DispatchWorld.id("seen"), generation: "x")
            try await world.log.commit([GroupCommit(group: seen, topicPartition: place, committed: cursor)])
            let a = await world.start("a", takesPart: false)
            // The service has had its own look; the next is an hour away.
            await until { a.subscriptions.leftovers.withLock { $0.groups.contains(seen) } }
            _ = try await a.subscriptions.create(DispatchWorld.subscription())
            let live = try #require(a.subscriptions.stored(DispatchWorld.id()))
            let orphan = GroupName.cursor(of: DispatchWorld.id("gone"), generation: "x")
            try await world.log.commit([GroupCommit(group: orphan, topicPartition: place, committed: cursor)])
            var rival = live
            rival.generation = "rival"
            rival.createdOffset = nil
            try await world.log.store(rival, key: "t/s/rival", in: self.topicPartition)
            a.subscriptions.leftovers.withLock { $0 = LogSubscriptionService.Leftovers() }
            try await a.subscriptions.clear()
            #expect(try await world.log.committed(groupsWithPrefix: orphan.name).count == 1)
            #expect(a.subscriptions.catalog.withLock { $0.rivals.count } == 1)
            try await a.subscriptions.clear()
            let left = try await world.log.committed(groupsWithPrefix: GroupName.cursorPrefix).keys.sorted()
            #expect(left == [GroupName.cursor(of: live.subscription.id, generation: live.generation)])
            try await a.subscriptions.catchUp()
            #expect(a.subscriptions.catalog.withLock { $0.rivals.isEmpty })
            #expect(a.subscriptions.stored(DispatchWorld.id()) == live)
        }
    }

    @Test func aLeftoverThatCannotBeClearedAwayKeepsNoOther() async throws {
        try await ReplicaWorld.with { world in
            let cursor = SubscriptionCursor(generation: "x", isDetached: true, position: 0).committed
            let place = TopicPartition(DispatchWorld.topic, Partition(0))
            let orphans = Set((0..<5).map { GroupName.cursor(of: DispatchWorld.id("gone\($0)"), generation: "x") })
            try await world.log.commit(
                orphans.map { GroupCommit(group: $0, topicPartition: place, committed: cursor) })
            let a = await world.start("a", takesPart: false)
            // The service has had its own look; the next is an hour away.
            await until { a.subscriptions.leftovers.withLock { $0.groups == orphans } }
            world.log.setFault(.fails(EventLogError(.unavailable, "told to fail")), on: .deleteGroup, times: 1)
            await #expect(throws: EventLogError.self) { try await a.subscriptions.clear() }
            #expect(try await world.log.committed(groupsWithPrefix: GroupName.cursorPrefix).count == 1)
            try await a.subscriptions.clear()
            #expect(try await world.log.committed(groupsWithPrefix: GroupName.cursorPrefix).isEmpty)
        }
    }
}

/// What counts does not depend on what was compacted.
@Suite struct SubscriptionCatalogRecordsTests {
    private struct Write {
        var generation: String
        var stored: StoredSubscription?
    }

    private func stored(_ generation: String, revision: Int, created: Offset?) -> StoredSubscription {
        StoredSubscription(
            subscription: DispatchWorld.subscription(), generation: generation, revision: revision,
            createdAt: Timestamp(milliseconds: 1), updatedAt: Timestamp(milliseconds: 1), startOffsets: [:],
            createdOffset: created)
    }

    private func catalog(_ writes: [(offset: Int, write: Write)]) -> SubscriptionCatalog {
        var catalog = SubscriptionCatalog()
        for (offset, write) in writes {
            let record = write.stored.map { CatalogRecord(stored: $0, offset: Offset(Int64(offset))) }
            _ = catalog.apply(DispatchWorld.id(), generation: write.generation, record)
        }
        return catalog
    }

    @Test(arguments: 1...300) func theLastRecordOfEachKeySaysItAll(seed: UInt64) {
        var random = SplitMix64(state: seed)
        var writes: [(offset: Int, write: Write)] = []
        var created: [String: Offset] = [:]
        for offset in 0..<Int.random(in: 1...24, using: &random) {
            let generation = ["a", "b", "c", "d"].randomElement(using: &random) ?? "a"
            let isGone = created[generation] != nil && Int.random(in: 0..<3, using: &random) == 0
            let stored = self.stored(generation, revision: offset + 1, created: created[generation])
            if created[generation] == nil { created[generation] = Offset(Int64(offset)) }
            writes.append((offset, Write(generation: generation, stored: isGone ? nil : stored)))
        }
        let whole = self.catalog(writes)
        let compacted = self.catalog(
            writes.filter { write in
                // Any of the older ones may still be there.
                !writes.contains { $0.offset > write.offset && $0.write.generation == write.write.generation }
                    || Bool.random(using: &random)
            })
        #expect(whole[DispatchWorld.id()] == compacted[DispatchWorld.id()])
        let rivals = [whole, compacted].map { Set(($0.rivals[DispatchWorld.id()] ?? []).map(\.stored)) }
        #expect(rivals[0] == rivals[1])
    }

    @Test func theFirstCountsUntilItIsGone() {
        let (a, b) = (self.stored("a", revision: 1, created: nil), self.stored("b", revision: 1, created: nil))
        let both = self.catalog([(0, Write(generation: "a", stored: a)), (1, Write(generation: "b", stored: b))])
        #expect(both[DispatchWorld.id()]?.generation == "a")
        #expect(both.list(tenant: "t").count == 1)
        var without = both
        let change = without.apply(DispatchWorld.id(), generation: "a", nil)
        #expect(change.old?.generation == "a")
        #expect(change.new?.generation == "b")
        #expect(without.since[DispatchWorld.id()] == Offset(1))
        #expect(without.apply(DispatchWorld.id(), generation: "b", nil).new == nil)
        #expect(without.list(tenant: "t").isEmpty)
    }
}
