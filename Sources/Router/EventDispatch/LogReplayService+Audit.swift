extension LogReplayService {
    /// What happened to a replay.
    enum Occurrence: String, CaseIterable {
        case started = "Started"
        case completed = "Completed"
        case cancelled = "Cancelled"
        case failed = "Failed"
    }

    private struct Report: Encodable {
        let replay: String
        let subscription: String?
        let sink: String?
        let topics: [String]
        let ranges: [StoredReplay.Range]
        let correlationid: String?
        let ratePerSecond: Double?
        let matched: Int64?
        let delivered: Int64?
        let failed: Int64?
        let error: String?
    }

    /// Tells what happened, as an event of the tenant's. The replay's id holds its events together.
    func tell(_ occurrence: Occurrence, _ replay: StoredReplay) {
        let isStart = occurrence == .started
        self.audit?.note(
            AuditEvent(
                "com.portarium.replay.\(occurrence.rawValue).v1",
                id: "\(replay.id)-\(occurrence.rawValue.lowercased())", tenant: replay.tenant, subject: replay.id,
                source: "/portarium/replays", correlationID: replay.id,
                data: Report(
                    replay: replay.id, subscription: replay.subscription, sink: replay.sink, topics: replay.topics,
                    ranges: replay.ranges, correlationid: replay.correlationID, ratePerSecond: replay.ratePerSecond,
                    matched: isStart ? nil : replay.matched, delivered: isStart ? nil : replay.delivered,
                    failed: isStart ? nil : replay.failed, error: replay.error)))
    }
}
