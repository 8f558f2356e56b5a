import ProcessKit

/// Tries ports until `start` succeeds on one: another program may take a port between the look and the start.
func startingBroker<B>(_ start: (_ port: Int) async throws -> B) async throws -> B {
    for _ in 0..<3 {
        do {
            return try await start(await freePort())
        } catch is BrokerEnded {
            continue
        }
    }
    return try await start(await freePort())
}

/// Runs `body` and stops the broker on every path.
package func withBroker<B: KafkaBroker, R>(_ broker: B, _ body: (B) async throws -> R) async throws -> R {
    do {
        let result = try await body(broker)
        await broker.stop()
        return result
    } catch {
        await broker.stop()
        throw error
    }
}

/// It ended before it answered.
struct BrokerEnded: Error, CustomStringConvertible {
    var description: String
}

extension ChildProcess {
    /// Returns when the broker on `port` answers a request of Kafka's protocol.
    /// - Throws: ``BrokerEnded`` when the process is gone before.
    func answersKafka(port: Int) async throws {
        try await eventually("a Kafka broker on port \(port)") {
            guard self.isRunning else { throw BrokerEnded(description: "it ended: \(self.outputTail())") }
            return await KafkaProbe.answers(port: port)
        }
    }
}
