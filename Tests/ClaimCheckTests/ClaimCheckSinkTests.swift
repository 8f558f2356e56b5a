import ClaimCheck
import CloudEvents
import Delivery
import EventLog
import NIOCore
import ObjectStore
import Testing

/// Nothing is sent without its data, and what cannot be had says why.
@Suite(.timeLimit(.minutes(2))) struct ClaimCheckSinkTests {
    private static let configuration = ClaimCheckConfiguration(
        thresholdBytes: 4, objectBytesMax: 100, transfersMax: 4, transferBytesMax: 200)

    /// A world, and the events of the log after these data were appended.
    private static func world(
        _ data: [String], tenants: [String] = ["acme"], _ configuration: ClaimCheckConfiguration = configuration
    ) async throws -> (ParkingWorld, [CloudEvent]) {
        let world = try await ParkingWorld(configuration)
        for tenant in tenants {
            for (index, data) in data.enumerated() {
                try await world.append(ParkingWorld.event("\(index)", data: data, tenant: tenant))
            }
        }
        return (world, try await world.events())
    }

    @Test func aStoreThatIsDownIsARetryThatTheDestinationIsNotBlamedFor() async throws {
        let (world, events) = try await Self.world(["large"])
        world.objects.fail(ObjectStoreError(.unavailable, "no answer"))
        let report = await world.sink.send(ParkingWorld.attempt(events))
        #expect(report.meaning == .retry(afterMilliseconds: nil))
        #expect(report.error == "parked data: no answer")
        #expect(!report.reachedDestination)
        #expect(world.recorder.events.isEmpty)
        world.objects.fail(nil)
        let again = await world.sink.send(ParkingWorld.attempt(events))
        #expect(again.meaning == .delivered)
        #expect(again.reachedDestination)
    }

    @Test func anObjectThatIsGoneIsARejectionWithTheReason() async throws {
        let (world, events) = try await Self.world(["large"])
        world.objects.remove(try #require(events[0].parkedData?.key))
        let report = await world.sink.send(ParkingWorld.attempt(events))
        #expect(report.meaning == .rejected)
        #expect(report.error == "parked data: the object is gone (404 Not Found)")
        #expect(world.recorder.events.isEmpty)
    }

    @Test(arguments: ["Large", "larg", "larger"])
    func anObjectThatIsAnotherIsARejection(other: String) async throws {
        let (world, events) = try await Self.world(["large"])
        world.objects.put(try #require(events[0].parkedData?.key), other)
        let report = await world.sink.send(ParkingWorld.attempt(events))
        #expect(report.meaning == .rejected)
        #expect(report.error?.contains("not what was parked") == true)
        #expect(world.recorder.events.isEmpty)
    }

    @Test func anotherTenantsObjectIsNotFetched() async throws {
        let (world, events) = try await Self.world(["large"], tenants: ["acme", "other"])
        // As somebody could write it who may write to the topic.
        var forged = events[1]
        forged.parkedData = events[0].parkedData
        let report = await world.sink.send(ParkingWorld.attempt([forged]))
        #expect(report.meaning == .rejected)
        #expect(world.objects.gets == 0)
        #expect(world.recorder.events.isEmpty)
    }

    @Test func withoutAStoreNothingIsSentWithoutItsData() async throws {
        let (world, events) = try await Self.world(["large"])
        let reader = ParkedDataReader(store: nil, configuration: Self.configuration)
        let report = await ClaimCheckSink(world.recorder, reader: reader).send(ParkingWorld.attempt(events))
        #expect(report.meaning == .retry(afterMilliseconds: nil))
        #expect(report.error?.contains("objectStore.endpoint") == true)
        #expect(world.recorder.events.isEmpty)
        let shown = await reader.shown(events[0])
        #expect(shown.event == events[0])
        #expect(shown.event.withDataReference.attributes["dataref"]?.hasPrefix("s3://test/acme/") == true)
    }

    @Test func aBatchIsFetchedTogetherOrSentOneByOne() async throws {
        let (world, events) = try await Self.world(["first", "no", "third"] + (0..<4).map { "\($0) is longer" })
        #expect(await world.sink.send(ParkingWorld.attempt(events)).meaning == .delivered)
        #expect(
            world.recorder.events.map { $0.data.map { String(buffer: $0) } ?? "" }.prefix(3) == [
                "first", "no", "third",
            ])
        #expect(world.objects.gettingHighest <= 4)

        let (larger, many) = try await Self.world((0..<3).map { _ in String(repeating: "x", count: 40) })
        let report = await larger.sink.send(ParkingWorld.attempt(many))
        #expect(report.meaning == .rejected)
        #expect(!report.reachedDestination)
        #expect(larger.objects.gets == 0)
        for event in many { #expect(await larger.sink.send(ParkingWorld.attempt([event])).meaning == .delivered) }
    }

    @Test func transfersAreBoundedAndOneTenantLeavesRoomForOthers() async throws {
        let (world, events) = try await Self.world(
            (0..<5).map { "data \($0)" }, tenants: ["acme", "other"])
        world.recorder.hold()
        await withTaskGroup(of: AttemptReport.Meaning.self) { group in
            for event in events.prefix(5) {
                group.addTask { await world.sink.send(ParkingWorld.attempt([event])).meaning }
            }
            // Half of four: the others of this tenant wait until its sink has answered.
            while world.recorder.events.count < 2 { await Task.yield() }
            for _ in 0..<1_000 { await Task.yield() }
            #expect(world.recorder.events.count == 2)
            #expect(world.reader.heldBytes == 12)
            for event in events.suffix(5) {
                group.addTask { await world.sink.send(ParkingWorld.attempt([event], tenant: "other")).meaning }
            }
            while world.recorder.events.count < 4 { await Task.yield() }
            #expect(world.recorder.events.filter { $0.tenantID == "other" }.count == 2)
            world.recorder.release()
            for await meaning in group { #expect(meaning == .delivered) }
        }
        #expect(world.recorder.events.count == 10)
        #expect(world.reader.heldBytes == 0)
    }

    @Test func bytesAreBoundedAndWhoIsLargeIsNotPassedByForEver() async throws {
        let (world, events) = try await Self.world(
            [String(repeating: "x", count: 100)], tenants: ["a", "b", "c", "d"])
        world.recorder.hold()
        await withTaskGroup(of: AttemptReport.Meaning.self) { group in
            for (event, tenant) in zip(events, ["a", "b", "c", "d"]) {
                group.addTask { await world.sink.send(ParkingWorld.attempt([event], tenant: tenant)).meaning }
            }
            while world.recorder.events.count < 2 { await Task.yield() }
            for _ in 0..<1_000 { await Task.yield() }
            #expect(world.recorder.events.count == 2)
            #expect(world.reader.heldBytes == 200)
            world.recorder.release()
            for await meaning in group { #expect(meaning == .delivered) }
        }
        #expect(world.reader.heldBytes == 0)
    }

    @Test func aCancelledWaitLeavesItsPlace() async throws {
        let (world, events) = try await Self.world(["data 0", "data 1", "data 2", "data 3"])
        world.recorder.hold()
        await withTaskGroup(of: Void.self) { group in
            for event in events.prefix(2) { group.addTask { _ = await world.sink.send(ParkingWorld.attempt([event])) } }
            while world.recorder.events.count < 2 { await Task.yield() }
            let waiting = await withTaskGroup(of: AttemptReport.Meaning.self) { inner in
                inner.addTask { await world.sink.send(ParkingWorld.attempt([events[2]])).meaning }
                for _ in 0..<100 { await Task.yield() }
                inner.cancelAll()
                return await inner.next()
            }
            #expect(waiting == .retry(afterMilliseconds: nil))
            world.recorder.release()
        }
        #expect(await world.sink.send(ParkingWorld.attempt([events[3]])).meaning == .delivered)
        #expect(world.reader.heldBytes == 0)
    }

    @Test func whatIsShownHoldsItsRoomUntilItIsLetGo() async throws {
        let (world, events) = try await Self.world(["large"])
        var shown: (event: CloudEvent, hold: (any Sendable)?)? = await world.reader.shown(events[0])
        #expect(shown?.event.data == ByteBuffer(string: "large"))
        #expect(world.reader.heldBytes == 5)
        shown = nil
        #expect(world.reader.heldBytes == 0)
        _ = shown
    }
}
