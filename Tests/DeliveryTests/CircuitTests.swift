import Delivery
import Subscriptions
import Testing

@Suite struct CircuitTests {
    private func makeCircuit() -> Circuit {
        Circuit(failuresMax: 3, openMillisecondsMin: 100, openMillisecondsMax: 300)
    }

    @Test func failuresInARowOpenIt() {
        var circuit = self.makeCircuit()
        circuit.failed(wasProbe: false, now: 0)
        circuit.failed(wasProbe: false, now: 0)
        #expect(circuit.state == .closed)
        circuit.failed(wasProbe: false, now: 5)
        #expect(circuit.state == .open(untilMilliseconds: 105))
    }

    @Test func aSuccessBetweenFailuresKeepsItClosed() {
        var circuit = self.makeCircuit()
        for _ in 0..<10 {
            circuit.failed(wasProbe: false, now: 0)
            circuit.failed(wasProbe: false, now: 0)
            circuit.succeeded()
        }
        #expect(circuit.state == .closed)
    }

    @Test func aFailedProbeOpensItForTwiceAsLongUpToTheLimit() {
        var circuit = self.makeCircuit()
        for _ in 0..<3 { circuit.failed(wasProbe: false, now: 0) }
        circuit.advance(now: 100)
        #expect(circuit.state == .halfOpen)
        circuit.failed(wasProbe: true, now: 100)
        #expect(circuit.state == .open(untilMilliseconds: 300))
        circuit.advance(now: 300)
        circuit.failed(wasProbe: true, now: 300)
        #expect(circuit.state == .open(untilMilliseconds: 600))
        circuit.advance(now: 600)
        circuit.succeeded()
        #expect(circuit.state == .closed)
    }

    @Test func aRetryObeysTheSinkAndGivesUpByAttempts() {
        var policy = RetryConfiguration()
        policy.attemptsMax = 3
        policy.delayMinMilliseconds = 100
        func decide(_ attempts: Int, after: Int64? = nil) -> RetrySchedule.Decision {
            RetrySchedule.decide(
                policy, deadLetter: true, attempts: attempts, ageMilliseconds: 0, retryAfterMilliseconds: after,
                random: 1)
        }
        #expect(decide(1) == .retry(afterMilliseconds: 100))
        #expect(decide(2) == .retry(afterMilliseconds: 200))
        #expect(decide(1, after: 5_000) == .retry(afterMilliseconds: 5_000))
        #expect(decide(3) == .giveUp(reason: .attemptsExhausted))
    }
}
