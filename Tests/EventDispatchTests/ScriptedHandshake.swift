import Delivery
import Subscriptions
import Synchronization

/// Targets that say what a test tells them to.
final class ScriptedHandshake: SinkHandshake {
    private struct State {
        var answers: [String: HandshakeAnswer] = [:]
        var asked: [String] = []
        var rates: [Int?] = []
    }

    private let state = Mutex(State())

    /// The sinks that were asked, in order.
    var asked: [String] { self.state.withLock { $0.asked } }
    var rates: [Int?] { self.state.withLock { $0.rates } }

    func answer(_ sink: String, _ answer: HandshakeAnswer) { self.state.withLock { $0.answers[sink] = answer } }

    func ask(_ destination: Destination, requestsPerMinute: Int?) async -> HandshakeAnswer {
        self.state.withLock { state in
            state.asked.append(destination.sink)
            state.rates.append(requestsPerMinute)
            return state.answers[destination.sink] ?? .refused("it has not been told")
        }
    }
}
