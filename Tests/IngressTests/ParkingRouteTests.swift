import CloudEvents
import EventLog
import HTTPServing
import Hummingbird
import HummingbirdTesting
import Identity
import Ingress
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

/// What may have to be parked does not hold up those on the direct way.
struct ParkingRouteTests {
    private static func route(_ bytesMax: Int?) throws -> DirectEventRoute {
        let server = try EventServer()
        var configuration = IngressConfiguration()
        if let bytesMax { configuration.directBodyBytesMax = bytesMax }
        let intake = EventIntake(
            writer: server.writer, routing: RoutingTable(entries: [], defaultTopic: Topic("t")),
            correlationID: { _ in "c" })
        return DirectEventRoute(
            configuration: configuration, intake: intake, queue: server.queue, callers: HeaderTenantResolver())
    }

    @Test(
        arguments: [
            (nil, "5", true), (nil, nil, true), (5, "5", true), (5, "6", false), (5, nil, false), (5, "x", false),
        ] as [(Int?, String?, Bool)])
    func longBodiesAndThoseOfUnknownLengthGoToTheRouter(bytesMax: Int?, length: String?, isTaken: Bool) throws {
        var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/v1/events")
        if let length { head.headers.add(name: "content-length", value: length) }
        head.headers.add(name: "content-type", value: "application/cloudevents+json")
        switch try Self.route(bytesMax).admit(head) {
        case .elsewhere: #expect(!isTaken)
        case .admitted(let caller): #expect(isTaken && caller.tenant == "default")
        case .refused(let problem): Issue.record("\(problem)")
        }
    }

    @Test(arguments: [0, 1_000_000])
    func theAnswerIsTheSameEitherWay(directBodyBytesMax: Int) async throws {
        let server = try EventServer(directBodyBytesMax: directBodyBytesMax)
        let response = try await server.application(isDirect: true).test(.live) { client in
            try await client.execute(
                uri: "/v1/events", method: .post, headers: [.contentType: "application/cloudevents+json"],
                body: ByteBuffer(string: event()))
        }
        #expect(response.status == .accepted)
        #expect(server.writer.records.count == 1)
        #expect(server.counter.accepted.withLock { $0.count } == 1)
    }

    @Test func aStoreInTroubleIsAnsweredWith503() async throws {
        let server = try EventServer()
        server.writer.fail(EventLogError(.storeUnavailable, "at http://secret"))
        let response = try await server.post(event())
        #expect(response.status == .serviceUnavailable)
        #expect(response.headers[.retryAfter] == "1")
        #expect(response.text.contains(#""code":"object-store-unavailable""#))
        #expect(!response.text.contains("secret"))
    }
}
