import Synchronization
import Testing

@testable import EventDispatch

/// Who gets through a ``SerialGate``, and who gives up.
@Suite(.timeLimit(.minutes(1))) struct SerialGateTests {
    /// Counts who is inside.
    private final class Crowd: Sendable {
        private struct State {
            var now = 0
            var most = 0
            var entries = 0
        }

        private let state = Mutex(State())

        var most: Int { self.state.withLock { $0.most } }
        var entries: Int { self.state.withLock { $0.entries } }

        func enter() {
            self.state.withLock { state in
                state.now += 1
                state.most = max(state.most, state.now)
                state.entries += 1
            }
        }

        func leave() { self.state.withLock { $0.now -= 1 } }
    }

    @Test func whoWaitsTooLongIsNotInside() async {
        let gate = SerialGate()
        #expect(await gate.enter(waitMax: .zero))
        #expect(await !gate.enter(waitMax: .milliseconds(5)))
        gate.leave()
        #expect(await gate.enter(waitMax: .milliseconds(5)))
    }

    @Test func whoIsCancelledIsPassedOver() async {
        let gate = SerialGate()
        await gate.enter()
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await gate.enter(waitMax: .seconds(3_600)) }
            group.cancelAll()
            #expect(await group.next() == false)
        }
        gate.leave()
        #expect(await gate.enter(waitMax: .zero))
    }

    @Test func oneIsInsideAtATimeHoweverManyGiveUp() async {
        let gate = SerialGate()
        let crowd = Crowd()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    if number.isMultiple(of: 2) {
                        await gate.enter()
                    } else {
                        guard await gate.enter(waitMax: .milliseconds(number % 7)) else { return }
                    }
                    crowd.enter()
                    try? await Task.sleep(for: .microseconds(100))
                    crowd.leave()
                    gate.leave()
                }
            }
        }
        #expect(crowd.most == 1)
        #expect(crowd.entries >= 100)
        #expect(await gate.enter(waitMax: .zero))
    }
}
