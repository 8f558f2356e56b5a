import EventLog

/// What every ``EventIndex`` keeps, as checks that any index can be put through.
///
/// A test target runs them one by one: `@Test(arguments: EventIndexContract.all)` and ``Check/run(_:)`` with the index
/// of a fresh log.
public enum EventIndexContract {
    /// One promise, and how it is checked.
    public struct Check: Sendable, CustomStringConvertible {
        /// A sentence about behaviour.
        public let description: String
        private let body: @Sendable (EventIndexContractSubject) async throws -> Void

        init(_ description: String, _ body: @escaping @Sendable (EventIndexContractSubject) async throws -> Void) {
            self.description = description
            self.body = body
        }

        /// - Throws: ``EventLogContractViolation`` where the index does not keep the promise, or what it threw.
        public func run(_ subject: EventIndexContractSubject) async throws {
            try await self.body(subject)
        }
    }

    /// All checks.
    public static let all: [Check] = Self.recordChecks + Self.orderChecks
}
