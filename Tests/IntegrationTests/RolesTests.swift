import Foundation
import ProcessKit
import Testing

extension IntegrationTests {
    /// `--roles` says what a process does.
    struct RolesTests {
        @Test(.timeLimit(.minutes(2)))
        func eachRoleHasItsRoutesAndChecks() async throws {
            try await withTemporaryDirectory { directory in
                let data = directory.appendingPathComponent("data")
                for (role, expected) in [
                    ("ingress", ["202", "404", "404", "log"]), ("api", ["405", "200", "200", "log"]),
                    ("dispatch", ["404", "404", "404", "log", "dispatcher"]),
                ] {
                    let standing = try await self.standing(of: role, data)
                    #expect(standing == expected, "\(role)")
                }
            }
        }

        /// What a process with one role answers to a publication, to two calls of the API, and what it checks.
        private func standing(of role: String, _ data: URL) async throws -> [String] {
            try await PortariumProcess.with(dataDirectory: data, arguments: ["--roles", role]) { router in
                let client = router.client
                let published = try await client.publish(["id": "1", "source": "/r", "type": "r"])
                let listed = try await client.send("GET", "/v1/subscriptions")
                let found = try await client.send("GET", "/v1/events/1/trace?source=/r")
                let ready = try await client.send("GET", "/readyz").json
                let checks = (0..<3).compactMap { ready["checks"]?[$0]?["name"]?.string }
                let exitCode = try await router.terminate()
                #expect(exitCode == 0)
                return [published, listed, found].map { String($0.status) } + checks
            }
        }
    }
}
