import NIOCore
import Testing

@testable import Portarium

/// Lines, batches, and what becomes of them.
struct PublishMachineTests {
    private func lines(_ text: String, cutEvery length: Int = .max, max: Int = 100) -> [NDJSONLine] {
        var splitter = NDJSONLineSplitter(lineBytesMax: max)
        var lines: [NDJSONLine] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            lines += splitter.split(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return lines + (splitter.finish().map { [$0] } ?? [])
    }

    private func line(_ number: Int, _ text: String) -> NDJSONLine {
        NDJSONLine(number: number, content: .bytes(Array(text.utf8)))
    }

    @Test(arguments: [1, 2, 5, Int.max])
    func linesKeepTheirNumbers(_ length: Int) {
        #expect(
            self.lines("\u{FEFF}{1}\r\n\n  \t\n{2}\n{3}", cutEvery: length) == [
                self.line(1, "{1}"), self.line(4, "{2}"), self.line(5, "{3}"),
            ])
        #expect(self.lines("", cutEvery: length) == [])
        #expect(self.lines("\n\n", cutEvery: length) == [])
    }

    @Test(arguments: [1, 3, Int.max])
    func hugeLineIsLetByAndNotCollected(_ length: Int) {
        #expect(
            self.lines("{a}\n\(String(repeating: "x", count: 5_000))\n{b}\n", cutEvery: length, max: 10) == [
                self.line(1, "{a}"), NDJSONLine(number: 2, content: .tooLong(bytesMax: 10)), self.line(3, "{b}"),
            ])
        #expect(self.lines("0123456789\r\n", cutEvery: length, max: 10) == [self.line(1, "0123456789")])
        #expect(
            self.lines("01234567890", cutEvery: length, max: 10)
                == [NDJSONLine(number: 1, content: .tooLong(bytesMax: 10))])
    }

    private func items(_ lines: ClosedRange<Int>) -> [PublishBatch.Item] {
        lines.map { PublishBatch.Item(line: $0, event: Array("{\($0)}".utf8)) }
    }

    @Test func batchIsFullInEvents() {
        var batcher = PublishBatcher(eventsMax: 2, bytesMax: 1_000)
        let batches = self.items(1...5).compactMap { batcher.add($0) }
        #expect(batches.map { $0.items.map(\.line) } == [[1, 2], [3, 4]])
        #expect(batcher.flush()?.items.map(\.line) == [5])
        #expect(batcher.flush() == nil)
    }

    @Test func batchIsFullInBytesAndAGiantGoesAlone() {
        var batcher = PublishBatcher(eventsMax: 100, bytesMax: 10)
        var batches: [[Int]] = []
        for (line, count) in [(1, 4), (2, 4), (3, 4), (4, 50), (5, 1)] {
            let item = PublishBatch.Item(line: line, event: Array(repeating: 120, count: count))
            if let full = batcher.add(item) { batches.append(full.items.map(\.line)) }
        }
        if let rest = batcher.flush() { batches.append(rest.items.map(\.line)) }
        #expect(batches == [[1, 2], [3], [4], [5]])
    }

    @Test func bodyIsAnArray() {
        #expect(String(buffer: PublishBatch(items: self.items(1...3)).body()) == "[{1},{2},{3}]")
        #expect(String(buffer: PublishBatch(items: []).body()) == "[]")
    }

    /// Plays a delivery against a router that answers by `answer`; gives the requests (lines, pauses) and the report.
    private func play(
        _ lines: ClosedRange<Int>, policy: PublishPolicy = PublishPolicy(), retriesUnreachable: Bool = true,
        _ answer: ([Int], Int) -> PublishAnswer
    ) -> (requests: [[Int]], pauses: [Int64], report: PublishReport) {
        var delivery = BatchDelivery(
            PublishBatch(items: self.items(lines)), policy: policy, retriesUnreachable: retriesUnreachable)
        var action = delivery.start()
        var requests: [[Int]] = []
        var pauses: [Int64] = []
        while true {
            switch action {
            case .finished(let report): return (requests, pauses, report)
            case .send(let batch, let pause):
                let sent = batch.items.map(\.line)
                pauses.append(pause)
                action = delivery.answered(answer(sent, requests.count), jitter: 1)
                requests.append(sent)
            }
        }
    }

    @Test func acceptedBatchIsOneRequest() {
        let (requests, _, report) = self.play(1...3) { _, _ in .accepted }
        #expect(requests == [[1, 2, 3]])
        #expect(report.accepted == 3)
        #expect(report.exitStatus == .done)
    }

    @Test func refusedEventIsTakenOutAndTheOthersGoThrough() {
        let (requests, _, report) = self.play(1...4) { lines, _ in
            let bad = lines.firstIndex { $0 == 2 || $0 == 4 }
            return bad.map { .invalid(status: 400, index: $0, sentence: "bad") } ?? .accepted
        }
        #expect(requests == [[1, 2, 3, 4], [1, 3, 4], [1, 3]])
        #expect(report.accepted == 2)
        #expect(report.failures.map(\.line) == [2, 4])
        #expect(report.exitStatus == .partlyDone)
    }

    @Test func unnamedFaultIsFoundByHalvesAndOrderIsKept() {
        let (requests, _, report) = self.play(1...8) { lines, _ in
            lines.contains(6) ? .invalid(status: 422, index: nil, sentence: "bad") : .accepted
        }
        #expect(report.failures.map(\.line) == [6])
        #expect(report.accepted == 7)
        let accepted = requests.filter { !$0.contains(6) }.flatMap { $0 }
        #expect(accepted == [1, 2, 3, 4, 5, 7, 8])
    }

    @Test func indexOutsideTheBatchIsNoIndex() {
        let (_, _, report) = self.play(1...2) { lines, _ in
            lines == [2] ? .accepted : .invalid(status: 400, index: 9, sentence: "bad")
        }
        #expect(report.failures.map(\.line) == [1])
    }

    @Test func tooLargeIsHalvedToTheLastEvent() {
        let (requests, _, report) = self.play(1...4) { lines, _ in
            lines.count > 1 || lines == [3] ? .tooLarge(sentence: "large") : .accepted
        }
        #expect(requests == [[1, 2, 3, 4], [1, 2], [1], [2], [3, 4], [3], [4]])
        #expect(report.failures == [PublishFailure(line: 3, status: 413, detail: "large")])
    }

    @Test func busyRouterIsAskedAgainWhenItSays() {
        let (requests, pauses, report) = self.play(1...1) { _, count in
            switch count {
            case 0: .busy(status: 503, retryAfterMilliseconds: 7_000, sentence: "later")
            case 1: .busy(status: 503, retryAfterMilliseconds: 900_000, sentence: "later")
            case 2: .busy(status: 429, retryAfterMilliseconds: nil, sentence: "later")
            default: .accepted
            }
        }
        #expect(requests.count == 4)
        #expect(pauses == [0, 7_000, 30_000, 800])
        #expect(report.exitStatus == .done)
    }

    @Test func pausesDoubleUpToTheirLimit() {
        let policy = PublishPolicy(retriesMax: 6, delayMinMilliseconds: 100, delayMaxMilliseconds: 1_000)
        let (_, pauses, report) = self.play(3...4, policy: policy) { _, _ in
            .busy(status: 503, retryAfterMilliseconds: nil, sentence: "full")
        }
        #expect(pauses == [0, 100, 200, 400, 800, 1_000, 1_000])
        #expect(report.failed == 2)
        #expect(report.stop == PublishReport.Stop(status: .failed, sentence: "full", fromLine: 3))
        #expect(report.exitStatus == .failed)
    }

    @Test func routerThatWasNeverThereIsNotAskedAgain() {
        let (requests, _, report) = self.play(1...2, retriesUnreachable: false) { _, _ in .unreachable(sentence: "gone")
        }
        #expect(requests.count == 1)
        #expect(report.exitStatus == .unreachable)
    }

    @Test func routerThatGoesAwayIsAskedAgain() {
        let (requests, _, report) = self.play(1...2) { _, count in
            count == 2 ? .accepted : .unreachable(sentence: "gone")
        }
        #expect(requests.count == 3)
        #expect(report.exitStatus == .done)
    }

    @Test func refusalOfTheCallerStopsAtOnce() {
        let (requests, _, report) = self.play(1...4) { lines, _ in
            lines.count > 2 ? .tooLarge(sentence: "large") : .refused(status: 401, sentence: "who are you")
        }
        #expect(requests == [[1, 2, 3, 4], [1, 2]])
        #expect(report.failed == 4)
        #expect(report.stop?.fromLine == 1)
        #expect(report.exitStatus == .failed)
    }

    @Test func reportsAddUpAndKeepABoundedList() {
        var report = PublishReport()
        for line in 1...1_500 { report.fail(PublishFailure(line: line, status: 400, detail: "bad")) }
        #expect(report.failed == 1_500)
        #expect(report.failures.count == PublishReport.failuresMax)
        #expect(report.exitStatus == .usage)
        var other = PublishReport()
        other.accept(3)
        other.stop(PublishReport.Stop(status: .unreachable, sentence: "gone", fromLine: 9))
        report.merge(other)
        report.stop(PublishReport.Stop(status: .failed, sentence: "later", fromLine: 12))
        #expect(report.failures.count == PublishReport.failuresMax)
        #expect(report.stop?.fromLine == 9)
        #expect(report.exitStatus == .partlyDone)
    }

    @Test func lineThatIsNoEventIsToldWhy() {
        #expect(
            NDJSONPublisher.fault(in: Array(#"{"specversion":"1.0","id":"1","source":"/s","type":"t"}"#.utf8)) == nil)
        #expect(
            NDJSONPublisher.fault(in: Array(#"{"specversion":"1.0","source":"/s","type":"t"}"#.utf8))?.contains("id")
                == true)
        #expect(NDJSONPublisher.fault(in: Array("[]".utf8)) != nil)
        #expect(NDJSONPublisher.fault(in: Array("{".utf8)) != nil)
    }
}
