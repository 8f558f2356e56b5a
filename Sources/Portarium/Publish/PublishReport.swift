/// What became of the events.
struct PublishReport: Sendable, Hashable {
    /// Failures that are kept one by one; beyond it they are counted only.
    static let failuresMax = 1_000

    private(set) var accepted = 0
    private(set) var failed = 0
    private(set) var failures: [PublishFailure] = []
    /// Why nothing more was sent, where that is so: the first reason.
    private(set) var stop: Stop?

    /// The whole call makes no sense any more.
    struct Stop: Sendable, Hashable {
        var status: ExitStatus
        var sentence: String
        /// The first line that was given up: publishing the input again from there on misses nothing.
        var fromLine: Int
    }

    mutating func accept(_ count: Int) { self.accepted += count }

    mutating func fail(_ failure: PublishFailure) {
        self.failed += 1
        if self.failures.count < Self.failuresMax { self.failures.append(failure) }
    }

    /// Keeps the reason that concerns the earliest line.
    mutating func stop(_ reason: Stop) {
        if let stop, stop.fromLine <= reason.fromLine { return }
        self.stop = reason
    }

    mutating func merge(_ other: PublishReport) {
        self.accepted += other.accepted
        self.failed += other.failed
        self.failures += other.failures.prefix(Self.failuresMax - self.failures.count)
        if let stop = other.stop { self.stop(stop) }
    }

    /// What the process ends with.
    var exitStatus: ExitStatus {
        if self.failed == 0, self.stop == nil { return .done }
        if self.accepted > 0 { return .partlyDone }
        if let stop { return stop.status }
        return .usage
    }

    /// The `--json` answer.
    func json() -> JSONValue {
        var members: [String: JSONValue] = [
            "accepted": .integer(Int64(self.accepted)), "failed": .integer(Int64(self.failed)),
            "failures": .array(
                self.failures.sorted { $0.line < $1.line }.map { failure in
                    var members: [String: JSONValue] = [
                        "line": .integer(Int64(failure.line)), "detail": .string(failure.detail),
                    ]
                    if let status = failure.status { members["status"] = .integer(Int64(status)) }
                    return .object(members)
                }),
        ]
        if let stop {
            members["error"] = .string(stop.sentence)
            members["resumeFromLine"] = .integer(Int64(stop.fromLine))
        }
        return .object(members)
    }
}
