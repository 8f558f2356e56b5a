/// The brokers that tests can have.
package enum BrokerKind: String, CaseIterable, Sendable, CustomStringConvertible {
    case noida
    case tansu
    case mockCluster

    package var description: String { self.rawValue }

    private var program: String {
        switch self {
        case .noida: "noida"
        case .tansu: "tansu"
        case .mockCluster: "mock-cluster"
        }
    }

    /// Why it cannot be started here; nil where it can. Once the script went through here nothing is excused any more.
    package var absence: String? {
        if ServiceFiles.areInstalled { return nil }
        guard (try? ServiceFiles.program(self.program)) == nil else { return nil }
        return "\(self) is not installed here: scripts/test-services.sh could not do it"
    }

    /// Why a test that needs all these features skips this broker; nil where it need not.
    package func reasonToSkip(needing features: [BrokerFeature] = []) -> String? {
        if let absence { return absence }
        let limits = features.compactMap { feature in self.limit(feature).map { "\(feature): \($0)" } }
        return limits.isEmpty ? nil : "\(self) cannot do it. " + limits.joined(separator: "; ")
    }

    /// The brokers on which a test that needs these features can run, installed or not.
    package static func able(to features: BrokerFeature...) -> [BrokerKind] {
        Self.allCases.filter { kind in features.allSatisfy { kind.limit($0) == nil } }
    }

    /// The others: a test names them as skips.
    package static func unable(to features: BrokerFeature...) -> [BrokerKind] {
        Self.allCases.filter { kind in features.contains { kind.limit($0) != nil } }
    }

    /// Starts one of its own.
    package func start() async throws -> any KafkaBroker {
        switch self {
        case .noida: try await NoidaBroker.start()
        case .tansu: try await TansuBroker.start()
        case .mockCluster: try await MockCluster.start()
        }
    }
}
