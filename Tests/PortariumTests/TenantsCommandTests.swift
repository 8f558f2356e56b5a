import Testing

@testable import Portarium

/// `portarium tenants` against a router with scripted answers.
struct TenantsCommandTests {
    private static let limits = """
        {"tenant":"acme","eventsPerSecond":500,"bytesPerSecond":0,"eventsBurst":0,"bytesBurst":0,
         "subscriptions":100000,"endpoints":1000,"inFlight":1024,"deadLetters":0,"weight":3,
         "overridden":["eventsPerSecond","weight"],"updatedAt":"2026-01-01T00:00:00.000Z"}
        """

    @Test func limitsAreShownWithWhereTheyComeFrom() async throws {
        try await FakeRouter.with { _, _ in
            .json(Self.limits)
        } _: { router in
            let terminal = CapturedTerminal()
            #expect(await router.run(["tenants", "limits", "get", "acme"], on: terminal) == .done)
            #expect(router.requests.first?.path == "/v1/tenants/acme/limits")
            let lines = terminal.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
            #expect(lines.contains("eventsPerSecond 500 the tenant"))
            #expect(lines.contains("bytesPerSecond none the configuration"))
            #expect(lines.contains("eventsBurst a second's the configuration"))
        }
    }

    @Test func settingLeavesWhatIsNotNamed() async throws {
        try await FakeRouter.with { _, _ in
            .json(Self.limits)
        } _: { router in
            let terminal = CapturedTerminal()
            let arguments = ["--events-per-second", "none", "--in-flight", "20", "--weight", "default"]
            #expect(await router.run(["tenants", "limits", "set", "acme"] + arguments, on: terminal) == .done)
            let put = try #require(router.requests.last)
            #expect(put.method == "PUT")
            #expect(
                JSONValue(parsing: put.body.utf8)
                    == .object(["eventsPerSecond": .integer(0), "inFlight": .integer(20)]))
        }
    }

    @Test(arguments: [[], ["--weight", "much"], ["--weight", "-1"]])
    func whatIsNoLimitIsRefused(arguments: [String]) async throws {
        try await FakeRouter.with { _, _ in
            .json(Self.limits)
        } _: { router in
            let terminal = CapturedTerminal()
            #expect(await router.run(["tenants", "limits", "set", "acme"] + arguments, on: terminal) == .usage)
            #expect(router.requests.isEmpty)
        }
    }

    @Test func limitsAreReset() async throws {
        try await FakeRouter.with { _, _ in
            .init(status: 204, chunks: [])
        } _: { router in
            let terminal = CapturedTerminal()
            #expect(await router.run(["tenants", "limits", "reset", "a b"], on: terminal) == .done)
            #expect(router.requests.first?.method == "DELETE")
            #expect(terminal.output.contains("configured limits"))
        }
    }

    @Test func usageIsShownBesideTheLimits() async throws {
        let usage = """
            {"tenant":"acme","eventsPerSecond":{"current":12.3,"limit":500,"available":7},
             "bytesPerSecond":{"current":0,"limit":0},"subscriptions":{"current":1,"limit":100000},
             "endpoints":{"current":2,"limit":1000},"inFlight":{"current":3,"limit":1024},
             "deadLetters":{"current":4,"limit":0},"accepted":{"events":90,"bytes":1000},
             "throttled":{"requests":5,"events":6}}
            """
        try await FakeRouter.with { _, _ in
            .json(usage)
        } _: { router in
            let terminal = CapturedTerminal()
            #expect(await router.run(["tenants", "usage", "acme"], on: terminal) == .done)
            #expect(router.requests.first?.path == "/v1/tenants/acme/usage")
            let lines = terminal.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
            #expect(lines.contains("eventsPerSecond 12.3 500"))
            #expect(lines.contains("deadLetters 4 none"))
            #expect(lines.contains("accepted 90 events, throttled 5 requests"))
        }
    }
}
