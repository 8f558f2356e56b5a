/// Something that was waited for did not come.
package struct DeadlineExceeded: Error, CustomStringConvertible {
    package var expectation: String
    package var limit: Duration
    package var description: String { "waited \(self.limit) for \(self.expectation)" }
}

/// Asks `condition` again and again until it gives a value. What is behind a process boundary can only be polled.
package func eventually<R: Sendable>(
    _ expectation: String, within limit: Duration = .seconds(60), every pause: Duration = .milliseconds(20),
    _ condition: () async throws -> R?
) async throws -> R {
    let clock = ContinuousClock()
    let deadline = clock.now.advanced(by: limit)
    while true {
        if let result = try await condition() { return result }
        guard clock.now < deadline else { throw DeadlineExceeded(expectation: expectation, limit: limit) }
        try await clock.sleep(for: pause)
    }
}

/// The same for a claim.
package func eventually(
    _ expectation: String, within limit: Duration = .seconds(60), every pause: Duration = .milliseconds(20),
    holds claim: () async throws -> Bool
) async throws {
    _ = try await eventually(expectation, within: limit, every: pause) { try await claim() ? true : nil }
}
