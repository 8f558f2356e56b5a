import ClaimCheck
import CloudEvents
import Delivery
import EventLog
import NIOCore
import ObjectStore
import Testing

/// Large data are in the object store before the log has their event; everything else goes by as it is.
struct ParkingTests {
    private static let configuration = ClaimCheckConfiguration(
        keyPrefix: "p", thresholdBytes: 10, objectBytesMax: 100, eventBytesMax: 2_000)

    private static func error(
        _ body: () async throws(EventLogError) -> Void
    ) async -> EventLogError? {
        do throws(EventLogError) {
            try await body()
            return nil
        } catch { return error }
    }

    @Test func dataOverTheThresholdAreParked() async throws {
        let world = try await ParkingWorld(Self.configuration)
        let small = ParkingWorld.event("small", data: "0123456789")
        let large = ParkingWorld.event(
            "large", data: "0123456789a", attributes: [("datacontenttype", "text/plain"), ("more", "1")])
        let none = ParkingWorld.event("none")
        try await world.append(small, large, none)

        let (key, object) = try #require(world.objects.objects.first)
        #expect(world.objects.objects.count == 1)
        #expect(String(buffer: object.bytes) == "0123456789a")
        #expect(object.contentType == "text/plain")
        #expect(
            key.wholeMatch(
                of: #/p/acme/2025-11-23/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/#) != nil)

        let records = try await world.records()
        #expect(records.map { $0.value.map { String(buffer: $0) } } == ["0123456789", nil, nil])
        #expect(records[1].headers["ce_dataref"] == "s3://test/\(key)")
        #expect(records[1].headers["content-type"] == "text/plain")
        #expect(records[1].headers["portarium_parked"] == key)
        #expect(records[1].headers["portarium_parked_bytes"] == "11")
        #expect(
            records[1].headers["portarium_parked_sha256"]
                == "73ceda67679033f468e81fc709c07fdb6bc02e0b6df5edf314dac5f4f6931b27")
        #expect(records[1].key == ByteBuffer(string: "k"))
        #expect(records[0] == ParkingWorld.record(small).record)
        #expect(records[2] == ParkingWorld.record(none).record)
    }

    @Test func theReceiverGetsTheEventAsItWasProduced() async throws {
        let world = try await ParkingWorld(Self.configuration)
        let produced = [
            ParkingWorld.event("a", data: String(repeating: "a", count: 100), attributes: [("n", "1")]),
            ParkingWorld.event(
                "b", data: "more than ten", attributes: [("dataref", "https://example.com/own"), ("z", "")]),
            ParkingWorld.event(
                "c", data: #"{"specversion":"1.0"}"#,
                attributes: [("datacontenttype", "application/cloudevents+json")]),
            ParkingWorld.event("d", data: "in the log"),
        ]
        _ = try await world.writer.append(produced.map { ParkingWorld.record($0) })
        #expect(world.objects.objects.count == 3)
        for (event, original) in zip(try await world.events(), produced) {
            let report = await world.sink.send(ParkingWorld.attempt([event]))
            #expect(report.meaning == .delivered)
            #expect(event.attributes == original.attributes)
        }
        #expect(world.recorder.events == produced)
        #expect(world.reader.heldBytes == 0)
    }

    @Test func aProducersReferenceIsNobodysToFetch() async throws {
        let world = try await ParkingWorld(Self.configuration)
        world.objects.put("p/acme/2025-11-23/known", "secret")
        let event = ParkingWorld.event(
            "1",
            attributes: [
                ("dataref", "s3://test/p/acme/2025-11-23/known"), ("portariumparked", "p/acme/2025-11-23/known"),
            ])
        try await world.append(event)
        let read = try #require(try await world.events().first)
        #expect(read == event)
        _ = await world.sink.send(ParkingWorld.attempt([read]))
        #expect(world.recorder.events == [event])
        #expect(await world.reader.shown(read).event == event)
        #expect(world.objects.gets == 0)
    }

    @Test func aFailedPutAppendsNothing() async throws {
        let world = try await ParkingWorld(Self.configuration)
        world.objects.allow(puts: 1)
        let error = await Self.error { () async throws(EventLogError) in
            try await world.append(
                ParkingWorld.event("small", data: "x"), ParkingWorld.event("a", data: "more than ten"),
                ParkingWorld.event("b", data: "more than ten"))
        }
        #expect(error?.code == .storeUnavailable)
        #expect(try await world.records().isEmpty)
    }

    @Test func manyLargeEventsOfOneCallKeepTheirOrder() async throws {
        let world = try await ParkingWorld(Self.configuration)
        let events = (0..<50).map { ParkingWorld.event("\($0)", data: "number \($0) of fifty") }
        _ = try await world.writer.append(events.map { ParkingWorld.record($0) })
        var read: [CloudEvent] = []
        for event in try await world.events() { read.append(await world.reader.shown(event).event) }
        #expect(read == events)
        #expect(world.objects.objects.count == 50)
    }

    @Test(
        arguments: [
            (101, [], "objectStore.objectBytesMax", 100),
            (1, [("big", String(repeating: "v", count: 2_000))], "limits.eventBytesMax", 2_000),
            (50, [("big", String(repeating: "v", count: 2_000))], "limits.eventBytesMax", 2_000),
        ] as [(Int, [(String, String)], String, Int)])
    func whatNoObjectAndNoRecordMayHaveIsRefused(
        bytes: Int, attributes: [(String, String)], limit: String, limitMax: Int
    ) async throws {
        let world = try await ParkingWorld(Self.configuration)
        let event = ParkingWorld.event("1", data: String(repeating: "d", count: bytes), attributes: attributes)
        let error = await Self.error { () async throws(EventLogError) in
            try await world.append(ParkingWorld.event("0", data: "more than ten"), event)
        }
        #expect(error?.code == .tooLarge)
        #expect(error?.excess?.recordIndex == 1)
        #expect(error?.excess?.limit == limit)
        #expect(error?.excess?.limitMax == limitMax)
        #expect(try await world.records().isEmpty)
        #expect(world.objects.objects.isEmpty)
    }

    @Test func whatTheLogRefusesKeepsItsIndex() async throws {
        let world = try await ParkingWorld(Self.configuration, recordBytesMax: 400)
        let error = await Self.error { () async throws(EventLogError) in
            try await world.append(
                ParkingWorld.event("0", data: "x"),
                ParkingWorld.event("1", data: "more than ten", attributes: [("a", String(repeating: "v", count: 300))]))
        }
        #expect(error?.code == .tooLarge)
        #expect(error?.excess?.recordIndex == 1)
    }

    @Test func aRecordThatIsNoEventIsLeftAlone() async throws {
        let world = try await ParkingWorld(Self.configuration)
        let record = LogRecord(
            key: ByteBuffer(string: "k"), value: ByteBuffer(string: "longer than the threshold"),
            timestamp: ParkingWorld.time)
        _ = try await world.writer.append([ProducerRecord(topic: ParkingWorld.topic, record: record)])
        #expect(try await world.records() == [record])
        #expect(world.objects.objects.isEmpty)
    }

    @Test(arguments: ["..", ".", "a.b", "a/b", "", "%", "ä", "A-_~9"])
    func keysOfTenantsAreApart(tenant: String) async throws {
        let world = try await ParkingWorld(Self.configuration)
        for tenant in [tenant, tenant + "x"] {
            try await world.append(ParkingWorld.event("1", data: "more than ten", tenant: tenant))
        }
        let tenants = Set(world.objects.objects.keys.map { $0.split(separator: "/")[1] })
        #expect(tenants.count == 2)
        #expect(world.objects.objects.keys.allSatisfy { $0.split(separator: "/").count == 4 })
        #expect(!tenants.contains("..") && !tenants.contains("."))
        for event in try await world.events() { #expect(await world.reader.shown(event).event.data != nil) }
    }
}
