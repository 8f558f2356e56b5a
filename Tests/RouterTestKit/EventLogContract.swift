import EventLog

/// What every ``EventLog`` keeps, as checks that any log can be put through.
///
/// A test target runs them one by one: `@Test(arguments: EventLogContract.all)` and ``Check/run(_:)`` with a fresh log.
public enum EventLogContract {
    /// One promise, and how it is checked.
    public struct Check: Sendable, CustomStringConvertible {
        /// A sentence about behaviour.
        public let description: String
        private let body: @Sendable (EventLogContractSubject) async throws -> Void

        init(_ description: String, _ body: @escaping @Sendable (EventLogContractSubject) async throws -> Void) {
            self.description = description
            self.body = body
        }

        /// - Throws: ``EventLogContractViolation`` where the log does not keep the promise, or what the log threw.
        public func run(_ subject: EventLogContractSubject) async throws {
            try await self.body(subject)
        }
    }

    /// All checks.
    public static let all: [Check] =
        Self.appendChecks + Self.recordChecks + Self.fetchChecks + Self.waitChecks + Self.timestampChecks
        + Self.groupChecks + Self.topicChecks + Self.retentionChecks + Self.compactionChecks + Self.reopenChecks
}
