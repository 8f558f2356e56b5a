import Foundation
import ProcessKit
import Testing

/// What is shared behind the log: dead letters, and the places in flight.
extension IntegrationTests.FairSharesTests {
    @Test(.timeLimit(.minutes(2)))
    func atTheLimitOfDeadLettersASubscriptionIsSuspendedAndNothingIsLost() async throws {
        try await Self.router { router in
            try await RecordingSink.with { sink in
                sink.answer { _ in RecordingSink.Answer(status: 400) }
                try await router.client.call(
                    "PUT", "/v1/tenants/a/limits", #"{"deadLetters":3}"#, expecting: 200)
                let made = try await Self.subscribe(
                    "s", tenant: "a", sink: sink.url, config: #"{"concurrency":1}"#, router)
                #expect(made.status == 201)
                #expect(try await Self.publish(0..<10, tenant: "a", router).status == 202)
                func state() async throws -> JSONValue {
                    try await Self.send("GET", "/v1/subscriptions/s", tenant: "a", router).json
                }
                try await eventually("the suspension", within: .seconds(30)) {
                    try await state()["status"]?.string == "suspended"
                }
                #expect(try await state()["statusReason"]?.string?.contains("deadLetters") == true)
                let usage = try await Self.usage("a", router)
                #expect(usage["deadLetters"]?["current"]?.int == 3)
                #expect(usage["deadLetters"]?["limit"]?.int == 3)
                sink.answer { _ in RecordingSink.Answer(status: 204) }
                let resumed = try await Self.send("POST", "/v1/subscriptions/s/resume", tenant: "a", router)
                #expect(resumed.status == 200)
                let published = Set((0..<10).map(String.init))
                try await eventually("the seven others", within: .seconds(30)) {
                    let taken = Set(sink.deliveries.filter { $0.status == 204 }.map(\.id))
                    return taken.intersection(published).count == 7
                }
            }
        }
    }

    enum Trouble: CaseIterable, Sendable { case refuses, neverAnswers }

    /// The one tenant has every place in flight that it can get; the other's events arrive all the same.
    @Test(.timeLimit(.minutes(3)), arguments: Trouble.allCases)
    func aDeadEndpointOfOneTenantStarvesNobody(trouble: Trouble) async throws {
        let settings = """
            dispatch: {inFlightMax: 64, inFlightPerTenantMax: 64, inFlightPerDestinationMax: 64}
            """
        try await ByteListener.with(host: "127.0.0.1") { silent in
            try await RecordingSink.with { well in
                try await Self.router(settings) { router in
                    let port = trouble == .refuses ? try await freePort() : silent.port
                    let config = #"{"concurrency":200,"timeoutMs":120000}"#
                    for number in 0..<3 {
                        let answer = try await Self.subscribe(
                            "dead\(number)", tenant: "noisy", sink: "http://127.0.0.1:\(port)/\(number)",
                            config: config, router)
                        #expect(answer.status == 201)
                    }
                    #expect(try await Self.subscribe("well", tenant: "quiet", sink: well.url, router).status == 201)
                    for start in stride(from: 0, to: 3_000, by: 500) {
                        try await Self.accept(start..<(start + 500), tenant: "noisy", router)
                    }
                    try await Self.awaitTrouble(trouble, router)
                    for start in stride(from: 0, to: 400, by: 20) {
                        try await Self.accept(start..<(start + 20), tenant: "quiet", router)
                        try await Self.accept(start..<(start + 20), tenant: "noisy", router)
                    }
                    try await eventually("all of the quiet tenant's", within: .seconds(60)) { well.count >= 400 }
                    #expect(Set(well.deliveries.map(\.id)).count == 400)
                    let noisy = try await Self.send("GET", "/v1/subscriptions/dead0", tenant: "noisy", router).json
                    #expect((noisy["lag"]?.int ?? 0) > 0)
                    if trouble == .neverAnswers {
                        let inFlight = try await Self.usage("noisy", router)["inFlight"]?["current"]?.int ?? 0
                        #expect((32..<64).contains(inFlight))
                        #expect(silent.openConnections == inFlight)
                    }
                }
            }
        }
    }

    /// Until the noisy tenant has all that it gets.
    private static func awaitTrouble(_ trouble: Trouble, _ router: PortariumProcess) async throws {
        try await eventually("the trouble", within: .seconds(60)) {
            if trouble == .neverAnswers {
                return (try await Self.usage("noisy", router)["inFlight"]?["current"]?.int ?? 0) >= 32
            }
            let standing = try await Self.send("GET", "/v1/subscriptions/dead0", tenant: "noisy", router).json
            return standing["lastError"]?.string != nil
        }
    }
}
