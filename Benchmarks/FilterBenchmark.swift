import CloudEvents
import Subscriptions

/// Evaluations of a CESQL filter a second on one core, over events that match and events that do not.
struct FilterBenchmark: Benchmark {
    private static let evaluationsPerSecondMin = 1_000_000.0
    private static let expression = """
        type LIKE 'com.portarium.run.%' AND (subject = 'runs/7' OR priority > 5) AND NOT EXISTS replayid
        """

    let name = "cesql.evaluate"

    func run(_ context: BenchmarkContext) async throws -> BenchmarkResult {
        let expression = try CESQLExpression(parsing: Self.expression)
        let events = (0..<16).map(Self.event)
        let matching = Self.matches(expression, events)
        guard matching == 8 else { throw BenchmarkOptions.Misuse("the filter matches \(matching) of 16 events, not 8") }
        let repetitions = context.scaled(200_000, quick: 10_000)
        var rates: [Double] = []
        for _ in 0..<max(3, context.rounds) {
            let clock = ContinuousClock()
            var matched = 0
            let elapsed = clock.measure {
                for _ in 0..<repetitions { matched += Self.matches(expression, events) }
            }
            // The sum is used, so the work cannot be left out.
            guard matched == matching * repetitions else { throw BenchmarkOptions.Misuse("evaluation is not stable") }
            rates.append(Double(repetitions * events.count) / elapsed.seconds)
        }
        return .atLeast(
            self.name, unit: "evaluations/s", value: rates.median, required: Self.evaluationsPerSecondMin)
    }

    /// Every second one matches: half of them by their subject, half by their priority.
    private static func event(_ number: Int) -> CloudEvent {
        let type = number.isMultiple(of: 2) ? "com.portarium.run.RunStarted.v1" : "com.portarium.ticket.Opened.v1"
        var event = CloudEvent(id: "\(number)", source: "/bench", type: type)
        event.attributes.append(name: "subject", value: number.isMultiple(of: 4) ? "runs/7" : "runs/8")
        event.attributes.append(name: "tenantid", value: "default")
        event.attributes.append(name: "correlationid", value: "c-\(number)")
        event.attributes.append(name: "priority", value: number.isMultiple(of: 4) ? "1" : "9", kind: .integer)
        return event
    }

    private static func matches(_ expression: CESQLExpression, _ events: [CloudEvent]) -> Int {
        events.reduce(0) { $0 + (expression.evaluate($1).value == .boolean(true) ? 1 : 0) }
    }
}
