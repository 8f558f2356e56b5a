import Delivery
import EventLog
import Subscriptions
import Testing

@Suite struct ReplayTests {
    private let partition = MachineRecorder.partition(0)

    private func specification(
        until: Int64, status: StoredSubscription.Status = .active
    ) -> DeliverySpecification {
        MachineRecorder.specification("replay", status: status, until: [self.partition: until]) { $0.concurrency = 1 }
    }

    @Test func aReplaySendsItsRangeAndIsDone() {
        var recorder = MachineRecorder()
        recorder.publish(10, key: "k")
        recorder.add(self.specification(until: 7), starts: [self.partition: Offset(2)])
        #expect(recorder.attempts.isEmpty)
        recorder.serveFetches()
        #expect(recorder.attempts.map(\.replayID) == ["replay"])
        recorder.settleAll()
        #expect(recorder.sent["replay"] == [2, 3, 4, 5, 6])
        #expect(recorder.completed.map(\.delivered) == [5])
    }

    @Test func aDeadLetterCountsAsSettled() {
        var recorder = MachineRecorder()
        recorder.publish(2, key: "k")
        recorder.add(self.specification(until: 2))
        recorder.serveFetches()
        recorder.answer(.rejected, status: 400)
        recorder.writeDeadLetter(isWritten: false)
        recorder.pass(1_000)
        #expect(recorder.completed.isEmpty)
        recorder.writeDeadLetter()
        recorder.settleAll()
        #expect(recorder.completed.map(\.delivered) == [1])
        #expect(recorder.completed.map(\.deadLettered) == [1])
    }

    @Test func anEmptyRangeIsDoneAtOnce() {
        var recorder = MachineRecorder()
        recorder.add(self.specification(until: 0))
        #expect(recorder.completed.count == 1)
    }

    @Test func theTailDoesNotWaitForAReplay() {
        var recorder = MachineRecorder()
        recorder.publish(4, key: "k")
        recorder.add(self.specification(until: 4))
        recorder.serveFetches()
        recorder.commit()
        #expect(recorder.committedTail() == 4)
    }

    @Test func aPausedReplayGoesOnWhereItWasAlsoInAnotherProcess() {
        var recorder = MachineRecorder()
        recorder.publish(6, key: "k")
        recorder.add(self.specification(until: 6))
        recorder.serveFetches()
        recorder.answer()
        recorder.answer()
        recorder.update(self.specification(until: 6, status: .paused))
        recorder.answer()
        recorder.pass(1_000)
        #expect(recorder.attempts.isEmpty)
        #expect(recorder.standing("replay")?.heldEvents == 0)
        recorder.commit()
        var other = recorder.restarted(self.specification(until: 6))
        other.settleAll()
        #expect(other.sent["replay"] == [3, 4, 5])
        #expect(other.completed.map(\.delivered) == [6])
    }

    @Test func severalReplaysDoNotDisturbEachOther() {
        var recorder = MachineRecorder { $0.catchUpFetchesMax = 1 }
        recorder.publish(6, key: "k")
        for name in ["r1", "r2", "r3"] {
            recorder.add(MachineRecorder.specification(name, until: [self.partition: 6]))
        }
        #expect(recorder.fetches.count == 1)
        recorder.remove("r1")
        recorder.settleAll()
        #expect(recorder.completed.map(\.name).sorted() == ["r2", "r3"])
        #expect(recorder.sent["r2"] == Array(0..<6))
    }

    @Test func lostRecordsDoNotKeepAReplayFromItsEnd() {
        var recorder = MachineRecorder()
        recorder.publish(6, key: "k")
        recorder.add(self.specification(until: 4))
        recorder.loseFetch(start: 5)
        recorder.settleAll()
        #expect(recorder.lost == [0...5])
        #expect(recorder.completed.count == 1)
    }
}
