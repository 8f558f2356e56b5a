/// A broker that is started when it is first asked for, and then shared.
private actor SharedBroker {
    private enum State {
        case idle
        case starting([CheckedContinuation<any KafkaBroker, any Error>])
        case started(any KafkaBroker)
    }

    private var state = State.idle

    func get(_ kind: BrokerKind) async throws -> any KafkaBroker {
        switch self.state {
        case .started(let broker): return broker
        case .starting(let waiting):
            return try await withCheckedThrowingContinuation { self.state = .starting(waiting + [$0]) }
        case .idle:
            self.state = .starting([])
            let result: Result<any KafkaBroker, any Error>
            do { result = .success(try await kind.start()) } catch { result = .failure(error) }
            var waiting: [CheckedContinuation<any KafkaBroker, any Error>] = []
            if case .starting(let others) = self.state { waiting = others }
            if case .success(let broker) = result { self.state = .started(broker) } else { self.state = .idle }
            for waiter in waiting { waiter.resume(with: result) }
            return try result.get()
        }
    }
}

extension BrokerKind {
    private static let tansuShared = SharedBroker()
    private static let mockShared = SharedBroker()

    /// The one of its kind that all tests of this process share: take topics and groups with names of your own, and
    /// never stop it or make it fail.
    package func shared() async throws -> any KafkaBroker {
        switch self {
        case .noida: try await NoidaBroker.shared()
        case .tansu: try await Self.tansuShared.get(self)
        case .mockCluster: try await Self.mockShared.get(self)
        }
    }
}
