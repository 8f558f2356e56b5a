import CloudEvents
import NIOCore

/// Publishes a stream of structured events, one a line, with a bounded part of it in memory.
struct NDJSONPublisher: Sendable {
    /// How lines become requests.
    struct Settings: Sendable {
        /// Events of one request, `1...1000`.
        var batchEventsMax = 100
        /// Bytes of one request that are not exceeded but by a single event.
        var batchBytesMax = 1_048_576
        /// Bytes of one line.
        var lineBytesMax = 8 * 1_048_576
        /// Requests at once, `1...64`. With more than 1, order between batches is not kept.
        var concurrency = 1
        /// How long a part of a batch waits for more.
        var lingerMilliseconds: Int32 = 100
    }

    let publisher: EventPublisher
    let settings: Settings

    /// Reads to the end and gives what became of every line. `progress` is told after every batch.
    func run(
        _ input: InputReader, progress: (PublishReport, _ bytesRead: Int64) -> Void
    ) async throws -> PublishReport {
        try await withThrowingTaskGroup(of: PublishReport.self) { group in
            var report = PublishReport()
            var splitter = NDJSONLineSplitter(lineBytesMax: self.settings.lineBytesMax)
            var batcher = PublishBatcher(
                eventsMax: self.settings.batchEventsMax, bytesMax: self.settings.batchBytesMax)
            var running = 0
            var bytesRead: Int64 = 0
            var isAtEnd = false
            while !isAtEnd, report.stop == nil {
                var ready: [PublishBatch] = []
                switch try await input.next(waitMilliseconds: self.settings.lingerMilliseconds) {
                case .bytes(let bytes):
                    bytesRead += Int64(bytes.count)
                    ready = self.batches(of: splitter.split(bytes), &batcher, &report)
                case .idle: ready = [batcher.flush()].compactMap { $0 }
                case .end:
                    isAtEnd = true
                    ready = self.batches(of: splitter.finish().map { [$0] } ?? [], &batcher, &report)
                    ready += [batcher.flush()].compactMap { $0 }
                }
                try Task.checkCancellation()
                for batch in ready where report.stop == nil {
                    while running >= self.settings.concurrency, let finished = try await group.next() {
                        running -= 1
                        report.merge(finished)
                        progress(report, bytesRead)
                    }
                    guard report.stop == nil else { break }
                    let hasReached = report.accepted > 0
                    group.addTask { try await self.publisher.publish(batch, retriesUnreachable: hasReached) }
                    running += 1
                }
            }
            for try await finished in group {
                report.merge(finished)
                progress(report, bytesRead)
            }
            return report
        }
    }

    private func batches(
        of lines: [NDJSONLine], _ batcher: inout PublishBatcher, _ report: inout PublishReport
    ) -> [PublishBatch] {
        var batches: [PublishBatch] = []
        for line in lines {
            switch line.content {
            case .tooLong(let bytesMax):
                report.fail(
                    PublishFailure(line: line.number, status: nil, detail: "the line is longer than \(bytesMax) bytes"))
            case .bytes(let bytes):
                if let fault = Self.fault(in: bytes) {
                    report.fail(PublishFailure(line: line.number, status: nil, detail: fault))
                } else if let full = batcher.add(PublishBatch.Item(line: line.number, event: bytes)) {
                    batches.append(full)
                }
            }
        }
        return batches
    }

    /// Why a line is no structured event, nil where it is one.
    static func fault(in line: [UInt8]) -> String? {
        do throws(CloudEventError) {
            _ = try JSONEventFormat.decode(ByteBuffer(bytes: line), limits: .widest)
            return nil
        } catch {
            return TerminalText.safe("\(error)")
        }
    }
}
