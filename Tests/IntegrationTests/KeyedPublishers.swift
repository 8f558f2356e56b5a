import ProcessKit
import Synchronization

/// Several producers, each with its own keys, that number their events per key and repeat one until it is accepted:
/// what a careful producer does. The next number of a key is sent only when the one before it was accepted.
final class KeyedPublishers: Sendable {
    private struct State {
        /// Identifiers that got a 2xx.
        var accepted: Set<String> = []
        /// Attempts whose answer was lost, or was a refusal: the event may be in the log or not.
        var unanswered = 0
        /// Their events.
        var doubtful: Set<String> = []
        /// The statuses of refusals, with 0 for no answer.
        var refusals: [Int: Int] = [:]
        var isStopped = false
        var isPaused = false
    }

    static let type = "com.portarium.test.StepTaken.v1"

    private let state = Mutex(State())
    private let ports: @Sendable () -> [Int]
    private let pause: Duration
    private let timeoutSeconds: Int64
    private let backlogMax: Int
    private let delivered: @Sendable () -> Int

    /// - Parameters:
    ///   - backlogMax: producers pause while this many accepted events are not delivered, so that a test ends.
    ///   - delivered: how many deliveries there were up to now.
    convenience init(port: Int, backlogMax: Int, delivered: @escaping @Sendable () -> Int) {
        self.init(ports: { [port] }, backlogMax: backlogMax, delivered: delivered)
    }

    /// - Parameters:
    ///   - ports: routers that may be up; after a failure a producer goes on with the next one.
    ///   - pause: how long a producer waits after each event.
    ///   - timeoutSeconds: how long an answer may take.
    init(
        ports: @escaping @Sendable () -> [Int], pause: Duration = .zero, timeoutSeconds: Int64 = 60, backlogMax: Int,
        delivered: @escaping @Sendable () -> Int
    ) {
        self.ports = ports
        self.pause = pause
        self.timeoutSeconds = timeoutSeconds
        self.backlogMax = backlogMax
        self.delivered = delivered
    }

    var accepted: Set<String> { self.state.withLock { $0.accepted } }
    var acceptedCount: Int { self.state.withLock { $0.accepted.count } }
    var unanswered: Int { self.state.withLock { $0.unanswered } }
    /// Events that may be in the log more than once.
    var doubtful: Set<String> { self.state.withLock { $0.doubtful } }
    var refusals: [Int: Int] { self.state.withLock { $0.refusals } }

    /// Sends nothing new until it is told otherwise; what was begun goes on.
    func pause(_ isPaused: Bool) {
        self.state.withLock { $0.isPaused = isPaused }
    }

    func stop() {
        self.state.withLock { $0.isStopped = true }
    }

    /// Publishes from `producers` at once, round-robin over `keysEach` keys, until ``stop()``.
    func run(producers: Int, keysEach: Int) async {
        await withTaskGroup(of: Void.self) { group in
            for producer in 0..<producers {
                group.addTask { await self.produce(keys: (0..<keysEach).map { "p\(producer)k\($0)" }) }
            }
        }
    }

    private func produce(keys: [String]) async {
        var sequence = 0
        // Producers begin at different routers.
        var router = keys.first?.utf8.reduce(0) { $0 + Int($1) } ?? 0
        while !self.isStopped {
            sequence += 1
            for key in keys {
                guard await self.publish(key: key, sequence: sequence, through: &router) else { return }
                if self.pause > .zero { try? await Task.sleep(for: self.pause) }
            }
        }
    }

    private var isStopped: Bool { self.state.withLock { $0.isStopped } || Task.isCancelled }

    /// False when stopped before the event was accepted.
    private func publish(key: String, sequence: Int, through router: inout Int) async -> Bool {
        let id = "\(key)-\(sequence)"
        let event = [
            "id": id, "source": "/load/\(key)", "type": Self.type, "partitionkey": key, "sequence": "\(sequence)",
        ]
        while !self.isStopped {
            let ports = self.ports()
            if self.state.withLock({ $0.isPaused }) || ports.isEmpty
                || self.acceptedCount - self.delivered() > self.backlogMax
            {
                try? await Task.sleep(for: .milliseconds(5))
                continue
            }
            let client = RouterClient(port: ports[router % ports.count], timeoutSeconds: self.timeoutSeconds)
            let answer = try? await client.publish(event, data: #"{"step":\#(sequence)}"#)
            if let answer, (200..<300).contains(answer.status) {
                self.state.withLock { _ = $0.accepted.insert(id) }
                return true
            }
            self.state.withLock { state in
                state.unanswered += 1
                state.doubtful.insert(id)
                state.refusals[answer?.status ?? 0, default: 0] += 1
            }
            router += 1
            try? await Task.sleep(for: .milliseconds(20))
        }
        return false
    }
}
