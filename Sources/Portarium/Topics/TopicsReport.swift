import EventLog

/// What `portarium topics` tells: how topics differ from what is declared, and what became of each difference.
struct TopicsReport: Sendable {
    /// What became of one difference.
    enum Outcome: Sendable, Hashable {
        /// Nothing was tried.
        case planned
        case applied
        /// One sentence.
        case failed(String)
        /// It cannot be applied.
        case byHand
    }

    /// One difference.
    struct Line: Sendable, Hashable {
        var difference: TopicDifference
        var outcome: Outcome
    }

    /// How many topics are declared.
    var topics: Int
    var lines: [Line]
    /// Topics of which it could not be seen how they are kept.
    var unseen: [Topic]

    /// Done where nothing differs any more; failed where nothing that was tried worked.
    var status: ExitStatus {
        let isFailing = self.lines.contains { line in if case .failed = line.outcome { true } else { false } }
        if isFailing, !self.lines.contains(where: { $0.outcome == .applied }) { return .failed }
        return self.lines.allSatisfy { $0.outcome == .applied } ? .done : .partlyDone
    }

    /// The table for people, not clipped: what cannot be undone must be read to its end. nil where nothing differs.
    var table: String? {
        guard !self.lines.isEmpty else { return nil }
        var table = TextTable([.text("TOPIC"), .text("DIFFERS IN"), .text("APPLY"), .text("WHAT")])
        for line in self.lines {
            table.add([
                line.difference.topic.name, line.difference.aspect, line.outcome.word, line.difference.sentence,
            ])
        }
        return table.rendered()
    }

    /// The same for programs.
    var json: JSONValue {
        .object([
            "log": .string("kafka"), "topics": .integer(Int64(self.topics)),
            "differences": .array(
                self.lines.map { line in
                    var members: [String: JSONValue] = [
                        "topic": .string(line.difference.topic.name), "aspect": .string(line.difference.aspect),
                        "applicable": .boolean(line.difference.isApplicable),
                        "applied": .boolean(line.outcome == .applied), "sentence": .string(line.difference.sentence),
                    ]
                    if case .failed(let reason) = line.outcome { members["error"] = .string(reason) }
                    return .object(members)
                }),
            "unseen": .array(self.unseen.map { .string($0.name) }),
        ])
    }
}

extension TopicsReport.Outcome {
    /// For the table.
    fileprivate var word: String {
        switch self {
        case .planned: "yes"
        case .applied: "done"
        case .failed: "failed"
        case .byHand: "by hand"
        }
    }
}
