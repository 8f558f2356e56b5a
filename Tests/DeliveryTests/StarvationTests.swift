import EventLog
import Subscriptions
import Testing

@testable import Delivery

/// A tenant with dead endpoints at full speed, and what another one feels of it, in the time of the test alone: no
/// machine's speed is in the figures.
@Suite struct StarvationTests {
    /// Events a second.
    private static let quietRate = 200
    private static let noisyRate = 2_000
    private static let seconds = 10

    /// What a second tenant does to the places that both share.
    enum Noise: CaseIterable, Sendable {
        /// One endpoint refuses every connection, and one takes the request and never answers.
        case dead
        /// All of it is taken, by a sink that is slow.
        case slow
        /// Half of the attempts are answered with an error and made again: no circuit opens.
        case failing
    }

    @Test(arguments: Noise.allCases, Array(UInt64(1)...3))
    func theOtherTenantsP99MovesByLessThanATenth(noise: Noise, seed: UInt64) {
        let alone = Self.p99(beside: nil, seed: seed)
        let beside = Self.p99(beside: noise, seed: seed)
        #expect(alone >= 20)
        #expect(Double(beside) < Double(alone) * 1.1, "seed \(seed): \(beside) ms beside, \(alone) ms alone")
    }

    /// The 99th percentile from publishing to a sink's answer, in milliseconds.
    private static func p99(beside noise: Noise?, seed: UInt64) -> Int64 {
        var world = World(seed: seed)
        for millisecond in 0..<Int64(Self.seconds * 1_000) {
            world.publish(Self.quietRate, to: ["quiet"], at: millisecond)
            if let noise { world.publish(Self.noisyRate, to: World.endpoints(noise), at: millisecond) }
            world.passMillisecond()
        }
        if noise != nil { #expect(world.noisyInFlight > 300, "all the places that it is let have") }
        for _ in 0..<1_000 { world.passMillisecond() }
        let sorted = world.latencies.sorted()
        #expect(sorted.count == Self.quietRate * Self.seconds, "all of the quiet tenant's events were delivered")
        return sorted[sorted.count * 99 / 100]
    }

    /// A machine whose places in flight one tenant may take, as far as it is let, and sinks that take their time.
    private struct World {
        private var recorder: MachineRecorder
        private var random: SplitMix64
        /// What is at a sink, by the millisecond in which it answers.
        private var answers: [Int64: [(attempt: DeliveryAttempt, meaning: AttemptReport.Meaning)]] = [:]
        private var publishedAt: [Int64: Int64] = [:]
        private(set) var latencies: [Int64] = []

        var noisyInFlight: Int { self.recorder.machine.inFlight(ofTenant: "noisy") }

        static func endpoints(_ noise: Noise) -> Set<String> {
            switch noise {
            case .dead: ["refuses", "silent"]
            case .slow: ["slow"]
            case .failing: ["failing"]
            }
        }

        init(seed: UInt64) {
            self.random = SplitMix64(state: seed)
            self.recorder = MachineRecorder {
                $0.inFlightMax = 512
                $0.inFlightPerTenantMax = 512
                $0.inFlightPerDestinationMax = 512
            }
            self.recorder.add("quiet", tenant: "quiet", origin: "http://quiet") { $0.concurrency = 64 }
            for name in ["refuses", "silent", "slow", "failing"] {
                self.recorder.add(name, tenant: "noisy", origin: "http://\(name)") { $0.concurrency = 1_000 }
            }
        }

        /// As many events as are due in this millisecond.
        mutating func publish(_ rate: Int, to names: Set<String>, at millisecond: Int64) {
            let due = Int((millisecond + 1) * Int64(rate) / 1_000 - millisecond * Int64(rate) / 1_000)
            guard due > 0 else { return }
            for _ in 0..<due {
                if names == ["quiet"] { self.publishedAt[Int64(self.recorder.published)] = millisecond }
                self.recorder.publish(1, to: names)
            }
            self.send()
        }

        mutating func passMillisecond() {
            self.recorder.pass(1)
            if self.recorder.now.isMultiple(of: 100) { self.recorder.commit() }
            while !self.recorder.deadLetters.isEmpty { self.recorder.writeDeadLetter() }
            self.recorder.serveFetches()
            self.send()
            for (attempt, meaning) in self.answers.removeValue(forKey: self.recorder.now) ?? [] {
                if attempt.subscription.name == "quiet" {
                    for element in attempt.elements {
                        let published = self.publishedAt.removeValue(forKey: element.position.offset.value)
                        self.latencies.append(self.recorder.now - (published ?? 0))
                    }
                }
                self.recorder.report(attempt, meaning, reachedDestination: attempt.subscription.name != "refuses")
                self.send()
            }
        }

        /// Hands what the machine sends to its sinks.
        private mutating func send() {
            let attempts = self.recorder.attempts
            self.recorder.attempts = []
            for attempt in attempts {
                let (time, meaning): (Int64, AttemptReport.Meaning) =
                    switch attempt.subscription.name {
                    case "quiet": (Int64.random(in: 5...25, using: &self.random), .delivered)
                    case "refuses": (1, .retry(afterMilliseconds: nil))
                    case "silent": (30_000, .retry(afterMilliseconds: nil))
                    case "slow": (Int64.random(in: 200...400, using: &self.random), .delivered)
                    default:
                        (
                            Int64.random(in: 200...400, using: &self.random),
                            Bool.random(using: &self.random) ? .delivered : .retry(afterMilliseconds: nil)
                        )
                    }
                self.answers[self.recorder.now + time, default: []].append((attempt, meaning))
            }
        }
    }
}
